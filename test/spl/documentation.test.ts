import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandNames, datasetNames, functionNames } from '../../src/spl/index.ts';

const page = readFileSync(new URL('../../docs/spl.md', import.meta.url), 'utf8');

describe('docs/spl.md', () => {
  test.each([
    ['command', commandNames()],
    ['function', functionNames()],
    ['dataset', datasetNames()],
  ])('names every %s', (_, names) => {
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
