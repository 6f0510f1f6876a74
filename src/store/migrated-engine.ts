import { dirname, join } from 'node:path';
import type { ColdPlace } from './cold-place.ts';
import { type Engine, type EngineFiles, openEngine } from './engine.ts';
import { findColdPlace } from './find-cold-place.ts';
import { registerIpLocation } from './ip-location.ts';
import { migrate } from './migration.ts';
import { readSqlFiles } from './sql-files.ts';
import type { StoreParts } from './store-parts.ts';

/** The engine with the tables, views and functions of this version, and the cold tier in reach. */
export async function openMigratedEngine(
  files: EngineFiles,
  { settings, context, views, cold, ipLookup }: StoreParts,
): Promise<Engine> {
  const sql = await readSqlFiles(context.sqlFolder);
  let place: ColdPlace | null = null;
  return openEngine(files, settings, {
    directories: async (connection) => {
      place = await findColdPlace(connection, settings.cold, join(dirname(files.database), 'cold-uploads'));
      await place?.open(connection);
      return place?.directories ?? [];
    },
    prepare: async (connection) => {
      registerIpLocation(connection, ipLookup);
      await views.close(connection);
      await migrate(connection, sql, context.clock() * 1000);
      await views.open(connection);
      await cold.open(connection, place);
    },
  });
}
