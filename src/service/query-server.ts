/** A query on a running service, over its HTTP API. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { PermanentError, RetryableError, type SqlColumn, type SqlRow, type SqlStream } from '../component.ts';

export interface ServerQuery {
  /** Base URL, e.g. `http://127.0.0.1:8080`. */
  readonly server: string;
  readonly token?: string | undefined;
  readonly language: 'sql' | 'spl';
  readonly query: string;
  readonly earliest?: string | undefined;
  readonly latest?: string | undefined;
  readonly now?: string | undefined;
}

/** Rows of NDJSON that are read before the columns of a table are settled. */
const sampleRows = 500;

/**
 * Runs the query and hands the result to `consume`. NDJSON leaves missing fields out, so columns are those of the
 * first rows. Rejects with PermanentError where the service refuses the query (its message is the problem's detail),
 * with RetryableError where it cannot be reached or is busy.
 */
export async function queryServer(query: ServerQuery, consume: (stream: SqlStream) => Promise<void>): Promise<void> {
  const response = await post(query);
  if (response.body === null) throw new RetryableError(`${query.server}: expected rows, found an empty answer.`, 0);
  const lines = createInterface({ input: Readable.fromWeb(response.body), crlfDelay: Number.POSITIVE_INFINITY });
  await consume(await toStream(lines));
  const truncated = response.headers.get('x-pintail-truncated');
  if (truncated !== null) throw new PermanentError(`${query.server}: the result was cut: ${truncated}.`);
}

async function post({ server, token, ...query }: ServerQuery): Promise<Response> {
  const url = new URL('/api/v1/query', server);
  const { language, query: text, earliest, latest, now } = query;
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/x-ndjson',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ language, query: text, earliest, latest, now }),
    });
  } catch (error: unknown) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RetryableError(`${server}: expected a running service, found ${cause}.`, 0, { cause: error });
  }
  if (response.ok) return response;
  const detail = await readProblem(response);
  if (response.status === 429 || response.status === 503) throw new RetryableError(detail, 1000);
  throw new PermanentError(detail);
}

async function readProblem(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as { title?: unknown; detail?: unknown };
    const parts = [problem.detail ?? problem.title].filter((part) => typeof part === 'string');
    if (parts.length > 0) return parts.join('\n');
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `${response.url} answered ${response.status} ${response.statusText}: ${text.slice(0, 300)}`;
}

async function toStream(lines: AsyncIterable<string>): Promise<SqlStream> {
  const iterator = lines[Symbol.asyncIterator]();
  const sample: SqlRow[] = [];
  while (sample.length < sampleRows) {
    const next = await iterator.next();
    if (next.done === true) break;
    if (next.value !== '') sample.push(parseRow(next.value));
  }
  const names = new Set(sample.flatMap((row) => Object.keys(row)));
  const columns: SqlColumn[] = [...names].map((name) => ({ name, type: 'VARCHAR' }));
  return {
    columns,
    async *chunks() {
      yield sample;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        if (next.value !== '') yield [parseRow(next.value)];
      }
    },
  };
}

function parseRow(line: string): SqlRow {
  return JSON.parse(line) as SqlRow;
}
