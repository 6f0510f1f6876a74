/** What a version before raw_start and event_length left in a storage directory. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { AuditRow } from '../../src/component.ts';
import { columnsOf } from '../../src/store/parquet/schema.ts';
import { type EncodedRows, RowColumns } from '../../src/store/row-columns.ts';
import { rowFields } from '../../src/store/row-fields.ts';
import { segmentName } from '../../src/store/segment-name.ts';
import { encodeBatch, segmentStart } from '../../src/store/spool-format.ts';
import { noonMicros } from './store-fixture.ts';

const migrations = new URL('../../sql/migrations/', import.meta.url);

/** Makes the database, with rows of these texts; with a cold tier the tables had other names. */
export async function writeOlderDatabase(
  directory: string,
  rows: readonly Pick<AuditRow, 'auditID' | '_raw' | 'event'>[],
  hadColdTier: boolean,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const engine = await instance.connect();
  await engine.run(
    `attach '${join(directory, 'pintail.duckdb')}' as pintail (storage_version 'latest', row_group_size 24576, block_size 65536)`,
  );
  await engine.run('use pintail');
  await engine.run(
    'create table schema_migration (number integer primary key, name varchar not null, applied_at timestamp not null)',
  );
  const names = readdirSync(migrations).sort().slice(0, 7);
  for (const [at, name] of names.entries()) {
    const text = readFileSync(new URL(name, migrations), 'utf8');
    await engine.run(text.replace('event varchar,', 'event varchar using compression zstd,'));
    await engine.run('insert into schema_migration values ($1, $2, now()::timestamp)', [at + 1, `migrations/${name}`]);
  }
  for (const [at, { auditID, _raw, event }] of rows.entries()) {
    await engine.run(
      `insert into kube_audit by name select make_timestamp(${noonMicros}) as _time, make_timestamp(${noonMicros}) as _indextime,
        $1 as "auditID", $2 as _raw, $3 as event, $4::uuid as identity, 1 as commit_seq`,
      [auditID, _raw, event, `00000000-0000-0000-0000-${String(at).padStart(12, '0')}`],
    );
  }
  if (hadColdTier) {
    for (const table of ['kube_audit', 'logs']) {
      await engine.run(`alter table ${table} rename to ${table}_hot`);
      await engine.run(`create view ${table} as select * from main.${table}_hot`);
    }
  }
  // Now, not when the connection is collected as garbage: another instance has the file then.
  await engine.run('use memory');
  await engine.run('detach pintail');
  engine.closeSync();
  instance.closeSync();
}

/** Makes a segment of the spool. The texts of the rows must not have their auditID. */
export function writeOlderSegment(spool: string, id: number, audit: readonly AuditRow[]): void {
  const mark = Buffer.from('0123456789abcdef', 'hex');
  const encoded = new RowColumns().encode([{ batch: { audit, logs: [] }, arrivalMicros: noonMicros }], 1000);
  const { header, rows } = encodeBatch(withoutStarts(encoded));
  writeFileSync(join(spool, segmentName(id, mark)), Buffer.concat([segmentStart, mark, header, rows]));
}

function withoutStarts({ bytes, chunks, ...counts }: EncodedRows): EncodedRows {
  const left = columnsOf(rowFields).findIndex(({ path }) => path.join() === 'rawStart');
  const ends = chunks.map((_chunk, at) =>
    chunks.slice(0, at + 1).reduce((sum, { dictionaryBytes, dataBytes }) => sum + dictionaryBytes + dataBytes, 0),
  );
  const kept = chunks.flatMap((_chunk, at) => (at === left ? [] : [bytes.subarray(ends[at - 1] ?? 0, ends[at])]));
  return { ...counts, bytes: Buffer.concat(kept), chunks: chunks.filter((_chunk, at) => at !== left) };
}
