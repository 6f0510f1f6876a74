/** The schema `detection`: one view per detection, for hunters and for the runs. */
import type { Database } from '../../component.ts';
import { quoteIdentifier } from '../../spl/quote.ts';
import type { CompiledDetection } from './compile-detection.ts';
import { viewName } from './run-window.ts';

/**
 * Creates or replaces the view of each detection and drops views of detections that are gone. Resolves to the error
 * of each view that DuckDB refused, by the detection's view name.
 */
export async function installViews(
  database: Database,
  detections: readonly CompiledDetection[],
): Promise<ReadonlyMap<string, string>> {
  const errors = new Map<string, string>();
  for (const { detection, sql } of detections) {
    try {
      await database.write((connection) =>
        connection.run(`create or replace view ${viewName(detection.slug)} as\n${sql}`),
      );
    } catch (error: unknown) {
      errors.set(detection.slug, error instanceof Error ? error.message : String(error));
    }
  }
  const wanted = new Set(detections.map(({ detection }) => detection.slug).filter((slug) => !errors.has(slug)));
  await database.write(async (connection) => {
    const views = await connection.query(`select view_name from duckdb_views() where schema_name = 'detection'`);
    for (const { view_name } of views) {
      const name = String(view_name);
      if (!wanted.has(name)) await connection.run(`drop view detection.${quoteIdentifier(name)}`);
    }
  });
  return errors;
}
