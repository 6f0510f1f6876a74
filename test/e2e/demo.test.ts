/** The first two commands of the README, on a clean clone, with the system's own Node and npm. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runToEnd } from './support/child-process.ts';
import { repository } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const isCheckout = existsSync(join(repository, '.git'));

test.skipIf(!isCheckout)(
  `npm ci && npm run demo print findings of at least three detections and end well${isCheckout ? '' : ' (skipped: no git checkout to clone)'}`,
  async () => {
    const folder = await temporaryFolder();
    const clone = join(folder, 'pintail');
    const run = (command: string, args: readonly string[], cwd: string): ReturnType<typeof runToEnd> =>
      runToEnd({
        name: [command, ...args].join(' '),
        command,
        args,
        cwd,
        environment: outsideNpm(),
        withinMs: 500_000,
      });

    const cloned = await run('git', ['clone', '--quiet', repository, clone], folder);
    expect(cloned, cloned.stderr).toMatchObject({ status: 0 });
    const installed = await run('npm', ['ci', '--no-audit', '--no-fund'], clone);
    expect(installed, installed.stderr).toMatchObject({ status: 0 });
    const demo = await run('npm', ['run', 'demo'], clone);
    console.log(demo.stdout);
    expect(demo, demo.stderr).toMatchObject({ status: 0 });

    const found = (await detectionNames()).filter((name) => demo.stdout.includes(name));
    expect(found.length).toBeGreaterThanOrEqual(3);
  },
);

async function detectionNames(): Promise<readonly string[]> {
  const folder = join(repository, 'config/detections');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yml'));
  const names = await Promise.all(
    files.map(async (file) => (parse(await readFile(join(folder, file), 'utf8')) as { readonly name: string }).name),
  );
  return [...new Set(names)];
}

/** Our environment without what npm and the test runner put there, the repository's own programs above all. */
function outsideNpm(): Record<string, string | undefined> {
  const foreign = /^(npm_|VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|UV_THREADPOOL_SIZE$)/;
  const environment: Record<string, string | undefined> = {};
  for (const name of Object.keys(process.env)) if (foreign.test(name)) environment[name] = undefined;
  const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  return { ...environment, PATH: path.join(':') };
}
