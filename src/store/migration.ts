/** Brings a database to the schema of this Pintail: numbered migrations once each, definitions at every open. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { PermanentError } from '../component.ts';
import { inTransaction } from './engine-transaction.ts';
import type { SqlFile, SqlFiles } from './sql-files.ts';

interface Migration extends SqlFile {
  readonly number: number;
}

/**
 * Applies the migrations that are missing, each in a transaction of its own, then all definitions in one.
 * @throws PermanentError where the database has migrations that this Pintail does not know.
 */
export async function migrate(engine: DuckDBConnection, files: SqlFiles, nowMicros: number): Promise<void> {
  const migrations = numberMigrations(files.migrations);
  await engine.run(
    'create table if not exists schema_migration (number integer primary key, name varchar not null, applied_at timestamp not null)',
  );
  const result = await engine.runAndReadAll('select number, name from schema_migration order by number');
  const applied = new Map(result.getRowsJS().map(([number, name]) => [Number(number), String(name)]));
  const newest = Math.max(0, ...applied.keys());
  const known = migrations.at(-1)?.number ?? 0;
  if (newest > known) {
    throw new PermanentError(
      `database: expected schema ${known} or older, found schema ${newest} ("${applied.get(newest)}") of a newer Pintail. ` +
        'Start that version, or choose another storage.directory.',
    );
  }
  for (const { number, name, text } of migrations.filter((migration) => !applied.has(migration.number))) {
    const row = [number, name, BigInt(nowMicros)];
    await naming(name, () =>
      inTransaction(engine, async () => {
        await engine.run(text);
        await engine.run('insert into schema_migration values ($1, $2, make_timestamp($3::bigint))', row);
      }),
    );
  }
  // Fifty commits would wait for the disk for longer than all the rest of an open takes.
  await inTransaction(engine, async () => {
    for (const { name, text } of files.definitions) await naming(name, () => engine.run(text));
  });
}

function numberMigrations(files: readonly SqlFile[]): readonly Migration[] {
  const migrations = files.map((file) => {
    const number = /^migrations\/(\d{4})_\w+\.sql$/.exec(file.name)?.[1];
    if (number === undefined) {
      throw new Error(`sql/${file.name}: expected a name like 0001_events.sql.`);
    }
    return { ...file, number: Number(number) };
  });
  const twice = migrations.find(({ number }, index) => migrations[index - 1]?.number === number);
  if (twice !== undefined) {
    throw new Error(`sql/${twice.name}: expected a number of its own, found ${twice.number} twice.`);
  }
  return migrations;
}

/** Says which file it is where the work fails. */
async function naming(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`sql/${name}: expected it to apply, found ${reason}`, { cause: error });
  }
}
