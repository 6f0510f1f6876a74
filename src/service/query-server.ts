/** A query on a running service, over its HTTP API. */
import { PermanentError, RetryableError, type SqlRow, type SqlStream } from '../component.ts';
import { reach, readProblem } from './call-server.ts';
import { printDiagnostics } from './compile-search.ts';
import { readDiagnostics, readWarningHeaders, type ServerWarnings } from './server-diagnostics.ts';

export interface ServerQuery {
  /** Base URL, e.g. `http://127.0.0.1:8080`. */
  readonly server: string;
  readonly token?: string | undefined;
  readonly language: 'sql' | 'spl';
  readonly query: string;
  readonly earliest?: string | undefined;
  readonly latest?: string | undefined;
  readonly now?: string | undefined;
  /** Values of the `$name$` in SPL. */
  readonly tokens?: ReadonlyMap<string, string> | undefined;
  /** Warnings of the service's compiler, drawn; told before the rows. */
  readonly onWarning?: (message: string) => void;
}

/**
 * The result as bytes of NDJSON or CSV, as they come. Rejects with PermanentError where the service refuses the query
 * (its message is the drawn diagnostics, or the problem's detail where there are none), with RetryableError where it
 * cannot be reached or is busy; the stream fails where the answer breaks off.
 */
export async function streamFromServer(
  query: ServerQuery,
  form: 'application/x-ndjson' | 'text/csv',
): Promise<AsyncIterable<Uint8Array>> {
  const { body, headers } = await post(query, form);
  tellWarnings(query, readWarningHeaders(headers));
  if (body === null) throw new RetryableError(`${query.server}: expected rows, found an empty answer.`, 0);
  return body;
}

/** The whole result with its columns; rejects as `streamFromServer`. */
export async function queryServer(query: ServerQuery): Promise<SqlStream> {
  const response = await post(query, 'application/json');
  const { columns, rows, warnings } = JSON.parse(await response.text(), keepBigIntegers) as {
    readonly columns: SqlStream['columns'];
    readonly rows: readonly SqlRow[];
    readonly warnings?: unknown;
  };
  tellWarnings(query, { warnings: readDiagnostics(warnings ?? []), omitted: 0 });
  return {
    columns,
    async *chunks() {
      yield rows;
    },
  };
}

function tellWarnings({ query, onWarning }: ServerQuery, { warnings, omitted }: ServerWarnings): void {
  if (warnings.length > 0) onWarning?.(printDiagnostics(query, warnings));
  if (omitted > 0) onWarning?.(`${omitted} further warnings had no room in the answer; --format json has all.`);
}

/** Integers beyond 2^53 as bigint, from the digits of the answer. */
function keepBigIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  const isBig = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '');
  return isBig ? BigInt(source ?? '') : value;
}

async function post({ server, token, ...query }: ServerQuery, accept: string): Promise<Response> {
  const { language, query: text, earliest, latest, now } = query;
  const tokens = query.tokens?.size ? Object.fromEntries(query.tokens) : undefined;
  const response = await reach(server, '/api/v1/query', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ language, query: text, earliest, latest, now, tokens }),
  });
  if (response.ok) return response;
  const { detail, diagnostics } = await readProblem(response, token);
  if (response.status === 429 || response.status === 503) throw new RetryableError(detail, 1000);
  throw new PermanentError(
    diagnostics.length > 0 ? printDiagnostics(text, diagnostics, language === 'spl' ? 'search' : 'query') : detail,
  );
}
