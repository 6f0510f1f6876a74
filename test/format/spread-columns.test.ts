import { expect, test } from 'vitest';
import type { SqlRow, SqlStream } from '../../src/component.ts';
import { spreadColumns } from '../../src/format/index.ts';

const type = 'STRUCT("name" VARCHAR, "value" BIGINT)[]';

function streamOf(...chunks: (readonly SqlRow[])[]): SqlStream {
  return {
    columns: [
      { name: 'u', type: 'VARCHAR' },
      { name: 'columns', type },
    ],
    async *chunks() {
      yield* chunks;
    },
  };
}

async function rowsOf(stream: SqlStream): Promise<readonly SqlRow[]> {
  const rows: SqlRow[] = [];
  for await (const chunk of stream.chunks()) rows.push(...chunk);
  return rows;
}

const cells = (...values: [string, number | null][]) => values.map(([name, value]) => ({ name, value }));

test('cells become columns in their order, numbers as names too', async () => {
  const stream = streamOf(
    [],
    [{ u: 'a', columns: cells(['z', 1], ['404', null], ['__proto__', 3]) }],
    [{ u: 'b', columns: cells(['z', 4], ['404', 5], ['__proto__', 6]) }],
  );
  const spread = await spreadColumns(stream, 'columns');
  expect(spread.columns).toEqual([
    { name: 'u', type: 'VARCHAR' },
    ...['z', '404', '__proto__'].map((name) => ({ name, type: 'BIGINT' })),
  ]);
  const rows = await rowsOf(spread);
  expect(rows.map((row) => spread.columns.map(({ name }) => row[name]))).toEqual([
    ['a', 1, null, 3],
    ['b', 4, 5, 6],
  ]);
});

test('no rows have no cells, and rows without cells have none', async () => {
  expect((await spreadColumns(streamOf(), 'columns')).columns).toEqual([{ name: 'u', type: 'VARCHAR' }]);
  const spread = await spreadColumns(streamOf([{ u: 'a', columns: null }]), 'columns');
  expect(await rowsOf(spread)).toEqual([{ u: 'a' }]);
});

test('a search without such a column stays as it is', async () => {
  const stream = streamOf([{ u: 'a', columns: 'text' }]);
  expect(await spreadColumns(stream, undefined)).toBe(stream);
});

test('a reader that stops early ends the stream beneath', async () => {
  let isEnded = false;
  const stream: SqlStream = {
    columns: [{ name: 'columns', type }],
    async *chunks() {
      try {
        for (;;) yield [{ columns: cells(['z', 1]) }];
      } finally {
        isEnded = true;
      }
    },
  };
  const spread = await spreadColumns(stream, 'columns');
  for await (const rows of spread.chunks()) {
    expect(rows).toEqual([{ z: 1 }]);
    break;
  }
  expect(isEnded).toBe(true);
});
