/** `pintail dead-letters`: what an exporter's other side refused for good, and another try. */
import { callServer } from '../service/call-server.ts';
import { type ExitStatus, type RegisterCommand, type Terminal, UsageError } from './command.ts';
import { printable } from './format/index.ts';
import { serverUrl } from './input-options.ts';

interface DeadLettersOptions {
  readonly server: string;
  readonly exporter?: string;
  readonly retry?: string;
  readonly limit: string;
  readonly format: string;
}

interface DeadLetterPage {
  readonly items: readonly {
    readonly exporter: string;
    readonly eventId: string;
    readonly enqueuedAt: string;
    readonly attempts: number;
    readonly reason: string | null;
  }[];
  readonly complete: boolean;
}

export const registerDeadLetters: RegisterCommand = (program, terminal, report) => {
  program
    .command('dead-letters')
    .description('list events that an exporter could not deliver for good, or put them back in line')
    .requiredOption('--server <url>', 'a running service (token with the scope admin: PINTAIL_TOKEN)', serverUrl)
    .option('--exporter <name>', 'only those of one exporter')
    .option('--limit <n>', 'the most that are listed', '100')
    .option('--retry <exporter>', 'send those of this exporter again')
    .option('--format <format>', 'table or json', 'table')
    .action(async (options: DeadLettersOptions) => {
      report(await deadLetters(options, terminal));
    });
};

async function deadLetters(options: DeadLettersOptions, terminal: Terminal): Promise<ExitStatus> {
  const { server, exporter, retry, limit, format } = options;
  if (format !== 'table' && format !== 'json') {
    throw new UsageError(`--format: expected table or json, found "${format}".`);
  }
  const token = terminal.environment.PINTAIL_TOKEN;
  if (retry !== undefined) {
    const path = `/api/v1/dead-letters/retry?${new URLSearchParams({ exporter: retry })}`;
    const { retried } = (await callServer({ server, token, method: 'POST', path })) as { readonly retried: number };
    terminal.stdout.write(format === 'json' ? `${JSON.stringify({ retried })}\n` : `${retried} back in line.\n`);
    return 0;
  }
  const query = new URLSearchParams({ limit, ...(exporter !== undefined && { exporter }) });
  const path = `/api/v1/dead-letters?${query}`;
  const page = (await callServer({ server, token, method: 'GET', path })) as DeadLetterPage;
  if (format === 'json') terminal.stdout.write(`${JSON.stringify(page, null, 2)}\n`);
  else {
    for (const { exporter: name, eventId, enqueuedAt, attempts, reason } of page.items) {
      const line = `${name}  ${eventId}  since ${enqueuedAt}, ${attempts} attempts: ${reason ?? 'no reason is known'}`;
      terminal.stdout.write(`${printable(line)}\n`);
    }
    terminal.stdout.write(`${page.items.length}${page.complete ? '' : ' of more'} dead letters.\n`);
  }
  return page.items.length === 0 ? 0 : 1;
}
