/** Where the cold tier is: as configured, else where files were written before. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { PermanentError } from '../component.ts';
import { ColdBucket } from './cold-bucket.ts';
import { ColdFolder } from './cold-folder.ts';
import type { ColdPlace } from './cold-place.ts';
import { hasTable } from './engine-catalogue.ts';
import type { ColdSettings } from './settings.ts';

/**
 * Null where there is no cold tier. `uploads` is a folder for files on their way.
 * @throws PermanentError where files are in a bucket and nothing says how to reach it.
 */
export async function findColdPlace(
  engine: DuckDBConnection,
  settings: ColdSettings | null,
  uploads: string,
): Promise<ColdPlace | null> {
  const name = settings?.directory ?? (await readRecordedName(engine));
  if (name === null) return null;
  if (!name.startsWith('s3://')) return new ColdFolder(name);
  if (settings?.s3 === undefined) {
    throw new PermanentError(
      `storage.cold: expected directory "${name}" and how to reach it (s3), since files of this database are there, found neither.`,
    );
  }
  return new ColdBucket(name, settings.s3, uploads);
}

async function readRecordedName(engine: DuckDBConnection): Promise<string | null> {
  if (!(await hasTable(engine, 'cold_tier'))) return null;
  const result = await engine.runAndReadAll(
    'select directory from cold_tier where exists (from cold_file) or exists (from cold_move)',
  );
  const [directory] = result.getRowsJS()[0] ?? [];
  return typeof directory === 'string' ? directory : null;
}
