/** One search or one query over files or over a database that no service has open. */
import type { SplunkMetadata, SqlRow, SqlStream, TimeWindow } from '../component.ts';
import { PermanentError } from '../component.ts';
import { installLookups, installViews, writeLookup } from '../detect/index.ts';
import { spreadColumns } from '../format/index.ts';
import type { LookupWrite } from '../spl/index.ts';
import { compileSearch, printSearchDiagnostics } from './compile-search.ts';
import { type ContentRequest, compileContent, loadDetections } from './content.ts';
import { type NamedWindow, resolveWindow } from './time-window.ts';
import { type LoadProgress, openWorkbench, type Workbench } from './workbench.ts';

export interface FileQuery {
  readonly files: readonly string[];
  /** A storage directory or its database file; with it, `files` are loaded into it. */
  readonly database?: string | undefined;
  /** As of WorkbenchOptions. */
  readonly geoDatabase?: string | undefined;
  readonly metadata: SplunkMetadata;
  readonly cluster?: string | undefined;
  readonly window: NamedWindow;
  readonly strictSplunk: boolean;
  /** Values of the `$name$` in a search. */
  readonly tokens?: ReadonlyMap<string, string> | undefined;
  /** Macros and lookups of a search; undefined are the shipped ones. */
  readonly macros?: string | undefined;
  readonly lookups?: string | undefined;
  /** As of a ContentRequest. */
  readonly onShipped?: (message: string) => void;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Records or files that could not be read, and warnings of the compiler. */
  readonly onProblem: (message: string) => void;
}

/**
 * Compiles the search, loads the files, hands the result to `consume`. Rejects with PermanentError, its message the
 * drawn diagnostics, where the search does not compile; then nothing was loaded. Times count from the newest event.
 */
export async function searchFiles(
  spl: string,
  query: FileQuery,
  consume: (stream: SqlStream) => Promise<void>,
): Promise<void> {
  const { macros, lookups, fieldRules } = await loadDetections(contentOf(query));
  const { strictSplunk, tokens } = query;
  const result = compileSearch(spl, { macros, lookups, fieldRules, strictSplunk, tokens });
  if (!result.ok) throw new PermanentError(printSearchDiagnostics(spl, result));
  if (result.warnings.length > 0) query.onProblem(printSearchDiagnostics(spl, result));
  const tables = new Set([...result.lookupTables, ...(result.writes === undefined ? [] : [result.writes.table])]);
  const read = [...lookups.values()].filter(({ table }) => tables.has(table));
  await onWorkbench(query, async (workbench, window) => {
    await installLookups(workbench.database, read);
    const show = async (rows: SqlStream) => consume(await spreadColumns(rows, result.spread));
    if (result.writes === undefined) await stream(workbench, window, result.sql, show);
    else await writeAndShow(workbench, window, result.sql, result.writes, consume);
  });
}

/** As `searchFiles`, for SQL; the lookups and the views of the shipped detections are there, over the window or all time. */
export async function queryFiles(
  sql: string,
  query: FileQuery,
  consume: (stream: SqlStream) => Promise<void>,
): Promise<void> {
  await onWorkbench(query, async (workbench, window) => {
    if (query.database === undefined) {
      const request = { ...contentOf(query), strictSplunk: query.strictSplunk };
      const { content, detections } = await compileContent(request, 'session');
      await installLookups(workbench.database, content.lookups.values());
      await installViews(
        workbench.database,
        detections.filter((compiled) => compiled.ok),
      );
    }
    await stream(workbench, window, sql, consume);
  });
}

function contentOf({ macros, lookups, onShipped }: FileQuery): Omit<ContentRequest, 'strictSplunk'> {
  return { macros, lookups, onShipped };
}

async function onWorkbench(
  query: FileQuery,
  work: (workbench: Workbench, window: TimeWindow) => Promise<void>,
): Promise<void> {
  const { database, geoDatabase, files } = query;
  const workbench = await openWorkbench({ database, geoDatabase, mustExist: files.length === 0 });
  try {
    await workbench.load(query.files, { ...query, onProblem: query.onProblem });
    await work(workbench, resolveWindow(query.window, await workbench.newestTime()));
  } finally {
    await workbench.close();
  }
}

/** Nothing is shown unless all of it was written. */
async function writeAndShow(
  workbench: Workbench,
  window: TimeWindow,
  sql: string,
  write: LookupWrite,
  consume: (stream: SqlStream) => Promise<void>,
): Promise<void> {
  const rows: SqlRow[] = [];
  const columns = await workbench.database.read({ share: 'hunt', window }, async (connection) => {
    const result = await connection.stream(sql);
    for await (const chunk of result.chunks()) rows.push(...chunk);
    return result.columns;
  });
  await workbench.database.write((connection) => writeLookup(connection, write, rows));
  await consume({
    columns,
    async *chunks() {
      yield rows;
    },
  });
}

async function stream(
  workbench: Workbench,
  window: TimeWindow,
  sql: string,
  consume: (stream: SqlStream) => Promise<void>,
): Promise<void> {
  await workbench.database.read({ share: 'hunt', window }, async (connection) => {
    await consume(await connection.stream(sql));
  });
}
