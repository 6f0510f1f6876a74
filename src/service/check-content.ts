/** Content checked, against events in files, a database, a service, or none. */
import { PermanentError, type SplunkMetadata, type SqlRow } from '../component.ts';
import type { Config } from '../config/index.ts';
import { type Content, checkContent, type EventQuery, installLookups, type Report } from '../detect/index.ts';
import { compileSearch, printSearchDiagnostics } from './compile-search.ts';
import { loadDetections } from './content.ts';
import { queryServer } from './query-server.ts';
import { SEARCH_TIME_ZONE } from './time-window.ts';
import { compileVolumeRules } from './volume-rules.ts';
import { type LoadProgress, openWorkbench, type Workbench } from './workbench.ts';

/** The events to check against. */
export type CheckedEvents =
  | {
      readonly kind: 'files';
      readonly files: readonly string[];
      /** A storage directory or its database file; undefined is temporary. */
      readonly database: string | undefined;
      /** As of WorkbenchOptions; undefined is that of `config`. */
      readonly geoDatabase?: string | undefined;
      readonly metadata: SplunkMetadata;
      readonly cluster?: string | undefined;
    }
  | { readonly kind: 'server'; readonly server: string; readonly token: string | undefined };

export interface CheckRequest {
  readonly paths: readonly string[];
  /** Undefined is the shipped `config/macros.yaml`. */
  readonly macros?: string | undefined;
  /** Undefined is the shipped `config/lookups`. */
  readonly lookups?: string | undefined;
  readonly strictSplunk: boolean;
  /** A configuration whose volume rules are held against the searches, with its geo database; undefined: all events are stored. */
  readonly config?: Config | undefined;
  /** Null: only the searches' text is checked. */
  readonly events: CheckedEvents | null;
  readonly onLoad?: (progress: LoadProgress) => void;
  readonly onProgress?: (done: number, of: number) => void;
  /** As of a ContentRequest. */
  readonly onShipped?: (message: string) => void;
  /** Told of records and files that could not be read. */
  readonly onProblem: (message: string) => void;
}

/** Rejects where the events cannot be read or the service refuses a query; all else is in the report. */
export async function checkFiles(request: CheckRequest): Promise<Report> {
  const content = await loadDetections({
    paths: request.paths,
    macros: request.macros,
    lookups: request.lookups,
    onShipped: request.onShipped,
  });
  const { config } = request;
  if (config !== undefined) checkVolumeRules(config, content);
  const check = (events: EventQuery | null): Promise<Report> =>
    checkContent(content, {
      events,
      strictSplunk: request.strictSplunk,
      volumeRules: config?.volume.rules,
      timeZone: SEARCH_TIME_ZONE,
      // A fixed time, so that the same content gives the same report.
      from: 0,
      ...(request.onProgress && { onProgress: request.onProgress }),
    });
  const { events } = request;
  if (events === null) return check(null);
  if (events.kind === 'server') return check(serverEvents(events));
  const workbench = await openWorkbench({
    database: events.database,
    mustExist: events.files.length === 0,
    geoDatabase: events.geoDatabase ?? config?.storage.geoDatabase,
  });
  try {
    await workbench.load(events.files, {
      metadata: events.metadata,
      cluster: events.cluster,
      onProblem: request.onProblem,
      ...(request.onLoad && { onProgress: request.onLoad }),
    });
    await installLookups(workbench.database, content.lookups.values());
    return await check(await workbenchEvents(workbench, content));
  } finally {
    await workbench.close();
  }
}

/** Throws PermanentError where the service would not start with them. */
function checkVolumeRules({ volume, spl }: Config, { macros, fieldRules }: Content): void {
  compileVolumeRules(volume.rules, { macros, fieldRules, limits: spl.limits });
}

async function workbenchEvents(workbench: Workbench, { fieldRules }: Content): Promise<EventQuery> {
  const window = { earliest: null, latest: null, now: await workbench.newestTime() };
  const sql = (text: string): Promise<readonly SqlRow[]> =>
    workbench.database.read({ share: 'detection', window }, (connection) => connection.query(text));
  return {
    sql,
    async search(spl) {
      const result = compileSearch(spl, { macros: new Map(), lookups: new Map(), fieldRules, strictSplunk: true });
      if (!result.ok) throw new PermanentError(printSearchDiagnostics(spl, result));
      return sql(result.sql);
    },
  };
}

function serverEvents(server: { readonly server: string; readonly token: string | undefined }): EventQuery {
  const ask = async (language: 'sql' | 'spl', query: string): Promise<readonly SqlRow[]> => {
    const { chunks } = await queryServer({ server: server.server, token: server.token, language, query });
    const rows: SqlRow[] = [];
    for await (const chunk of chunks()) rows.push(...chunk);
    return rows;
  };
  return { sql: (text) => ask('sql', text), search: (spl) => ask('spl', spl) };
}
