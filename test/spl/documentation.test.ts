/** docs/spl.md against the compiler. UPDATE_GOLDEN=1 rewrites the table of diagnostics. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UNSUPPORTED_COMMANDS } from '../../src/spl/commands/index.ts';
import { UNSUPPORTED_FUNCTIONS } from '../../src/spl/functions/index.ts';
import { statsFunctionNames } from '../../src/spl/functions/stats.ts';
import { commandNames, datasetNames, functionNames } from '../../src/spl/index.ts';

const PAGE = new URL('../../docs/spl.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

/** The lines of a part of the page, from its heading to the next one of its level. */
function part(heading: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  expect(start, heading).not.toBe(-1);
  const level = heading.slice(0, heading.indexOf(' '));
  const end = page.indexOf(`\n${level} `, start + heading.length);
  return page.slice(start, end === -1 ? undefined : end);
}

describe('docs/spl.md', () => {
  test.each([
    ['command', commandNames()],
    ['function', functionNames()],
    ['function of stats', statsFunctionNames()],
    ['dataset', datasetNames()],
  ])('names every %s', (_, names) => {
    // perc95 stands for the percentiles of every number.
    const isNamed = (name: string): boolean => page.includes(`\`${name.replace(/^(perc)\d+$/, '$1<N>')}\``);
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });

  test('has a row for each command in its table, in order, and for no other', () => {
    const rows = [...part('## Commands').matchAll(/^\| ((?:`[a-z]+` ?)+)\|/gm)].map(([, cell = '']) =>
      [...cell.matchAll(/`([a-z]+)`/g)].map(([, name = '']) => name),
    );
    const named = rows.flat();
    expect([...named].sort()).toEqual([...commandNames()].sort());
    expect(named.filter((name) => UNSUPPORTED_COMMANDS.has(name))).toEqual([]);
  });

  test('says of no function that it is refused that is there, and names those that are refused', () => {
    const refused = /^Refused by name: (.*)$/m.exec(part('## Expressions'))?.[1] ?? '';
    const named = [...refused.matchAll(/`([a-z_0-9]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => functionNames().includes(name))).toEqual([]);
    const families = [...refused.matchAll(/`([a-z_]+)\*`/g)].map(([, start = '']) => start);
    const left = [...UNSUPPORTED_FUNCTIONS].filter(
      (name) => !named.includes(name) && !families.some((start) => name.startsWith(start)),
    );
    expect(left, 'name them in "Refused by name", or say the family as `json_*`').toEqual([]);
  });

  test('explains each diagnostic as the compiler’s catalogue does', () => {
    const catalogue = readFileSync(new URL('../../src/spl/diagnostics.ts', import.meta.url), 'utf8');
    const rows = [...catalogue.matchAll(/\| '(SPL\d+)';? \/\/ (.*)$/gm)].map(([, code = '', meaning]) => {
      const kind = code.startsWith('SPL4') ? 'warning: ' : '';
      return `| ${code} | ${kind}${meaning} |`;
    });
    expect(rows.length).toBeGreaterThan(40);
    const table = /^\| code \| meaning \|\n\|---\|---\|\n((?:\| SPL.*\n?)*)/m;
    if (process.env.UPDATE_GOLDEN === '1') {
      writeFileSync(PAGE, page.replace(table, `| code | meaning |\n|---|---|\n${rows.join('\n')}\n`));
      return;
    }
    expect(table.exec(page)?.[1]?.trimEnd().split('\n')).toEqual(rows);
  });
});
