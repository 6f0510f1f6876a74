import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { AuditRow } from '../../src/component.ts';
import { Column } from '../../src/store/parquet/column.ts';
import { parquetMagic, printFooter } from '../../src/store/parquet/file-footer.ts';
import { RowColumns } from '../../src/store/row-columns.ts';
import { rowFields } from '../../src/store/row-fields.ts';
import { orderRows } from '../../src/store/row-order.ts';
import { auditRow, logRow, noonMicros } from './store-fixture.ts';

function column(kind: 'word' | 'flag'): Column {
  return new Column({ kind, path: ['x'], maxDefinition: kind === 'word' ? 1 : 0, maxRepetition: 0 });
}

/** What stands in the spool, one batch as a Parquet file. */
async function written(rows: { audit: readonly AuditRow[]; logs: readonly ReturnType<typeof logRow>[] }) {
  const { bytes, chunks } = new RowColumns().encode([{ batch: rows, arrivalMicros: noonMicros }], 0);
  const directory = mkdtempSync(join(tmpdir(), 'pintail-row-order-'));
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const path = join(directory, 'rows.parquet');
    const count = rows.audit.length + rows.logs.length;
    const start = parquetMagic.length;
    writeFileSync(path, Buffer.concat([parquetMagic, bytes, printFooter(rowFields, [{ start, rows: count, chunks }])]));
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      `select coalesce("auditID", _raw) as id, verb, "user".groups as groups, annotations from read_parquet('${path}', file_row_number = true)
        order by file_row_number`,
    );
    return read.getRowObjectsJson();
  } finally {
    instance.closeSync();
    rmSync(directory, { recursive: true });
  }
}

const about = (text: string, verb: string, name: string | null, more: Partial<AuditRow> = {}): AuditRow =>
  auditRow(text, {
    verb,
    userAgent: 'kubectl',
    objectRef: {
      resource: 'pods',
      namespace: 'default',
      name,
      uid: null,
      apiGroup: null,
      apiVersion: 'v1',
      resourceVersion: null,
      subresource: null,
    },
    ...more,
  });

test('rows of one kind stand together, among them those of one object, and these as they came', async () => {
  const rows = await written({
    audit: [
      about('1', 'get', 'a'),
      about('2', 'list', null),
      about('3', 'get', 'b'),
      about('4', 'get', 'a'),
      about('5', 'list', null),
      about('6', 'get', 'b'),
    ],
    logs: [],
  });
  const order = rows.map(({ id }) => id).join('');
  expect([...order].sort().join('')).toBe('123456');
  for (const together of ['14', '36', '25']) expect(order).toContain(together);
  expect(Math.abs(order.indexOf('14') - order.indexOf('36'))).toBe(2);
});

test('rows about no object stand together by their URI', async () => {
  const at = (id: string, requestURI: string) =>
    auditRow(id, { verb: 'get', userAgent: 'probe', objectRef: null, requestURI });
  const rows = await written({
    audit: [at('1', '/healthz'), at('2', '/readyz'), at('3', '/healthz'), at('4', '/readyz')],
    logs: [],
  });
  const order = rows.map(({ id }) => id).join('');
  expect(['1324', '2413']).toContain(order);
});

test('rows with objects stand behind all others, and log rows apart from audit rows in the order in which they came', async () => {
  const rows = await written({
    audit: [
      about('o1', 'create', 'a', { hasObjects: true }),
      about('p1', 'get', 'a'),
      about('o2', 'create', 'b', { hasObjects: true }),
      about('p2', 'create', 'a'),
    ],
    logs: [logRow('l1'), logRow('l2'), logRow('l3')],
  });
  const order = rows.map(({ id }) => String(id));
  expect(order.filter((raw) => raw.startsWith('l'))).toEqual(['l1', 'l2', 'l3']);
  const audit = order.filter((raw) => !raw.startsWith('l'));
  expect(audit.map((raw) => raw[0]).join('')).toBe('ppoo');
  expect(order.findIndex((raw) => raw.startsWith('l')) % 4).toBe(0);
});

test('every row keeps its own lists and texts, empty and absent ones too', async () => {
  const kinds = ['get', 'list', 'watch', 'delete'];
  const groups = [null, [], ['a'], ['a', 'b', 'c']];
  const audit = Array.from({ length: 100 }, (_item, at) =>
    about(`${at}`, kinds[(at * 7) % 4] ?? '', at % 3 === 0 ? null : `n${at % 5}`, {
      user: { username: 'u', uid: null, groups: groups[at % 4] ?? null },
      annotations:
        at % 2 === 0 ? null : Object.fromEntries(Array.from({ length: at % 6 }, (_, n) => [`k${n}`, `${at}`])),
    }),
  );
  const rows = await written({ audit, logs: [] });
  expect(rows.map(({ id }) => Number(id)).sort((left, right) => left - right)).toEqual([...audit.keys()]);
  expect(rows.map(({ id }) => Number(id))).not.toEqual([...audit.keys()]);
  for (const row of rows) {
    const at = Number(row.id);
    expect(row.verb).toBe(kinds[(at * 7) % 4]);
    expect(row.groups).toEqual(groups[at % 4]);
    const pairs = at % 2 === 0 ? [] : Array.from({ length: at % 6 }, (_, n) => ({ key: `k${n}`, value: `${at}` }));
    expect(row.annotations ?? []).toEqual(pairs);
  }
});

test('a batch of more rows than are put in order together has each of them once', () => {
  const rows = 150_000;
  const columns = {
    table: column('word'),
    hasObjects: column('flag'),
    kind: [column('word')],
    object: [column('word')],
    place: column('word'),
  };
  for (let row = 0; row < rows; row++) {
    columns.table.text(row % 5 === 0 ? 'log' : 'audit');
    columns.hasObjects.flag(row % 7 === 0);
    columns.kind[0]?.text(`kind ${row % 11}`);
    if (row % 3 === 0) columns.object[0]?.absent(0);
    else columns.object[0]?.text(`object ${row % 1000}`);
    columns.place.text(`/place/${row % 13}`);
  }
  const order = orderRows(columns, rows);
  expect(order.length).toBe(rows);
  expect(new Set(order).size).toBe(rows);
  expect(Math.max(...order.subarray(0, 65_536))).toBe(65_535);
});
