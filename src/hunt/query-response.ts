/**
 * A result as an HTTP answer, streamed at the reader's speed.
 *
 * The first rows are read before the status is sent, so most failures are still a problem document. A result is
 * never cut without saying so: the trailer `Pintail-Complete` (`complete` in JSON) tells whether rows are missing
 * that the caller's own `limit` left out; where the service's bound or a failure cuts it, the answer breaks off, and
 * every HTTP client reports that. Warnings about the query stand before its rows: a header, `warnings` in JSON.
 */
import type { Response } from 'express';
import type { SqlRow, SqlStream } from '../component.ts';
import { createRowFormat, encodeJson, type RowFormatName, writeText } from '../format/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import { ProblemError } from './problem.ts';
import { warningHeaders } from './warnings-header.ts';

const mediaTypes: Readonly<Record<string, RowFormatName>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/json': 'json',
  'text/csv': 'csv',
};

export interface QueryResult {
  readonly stream: SqlStream;
  readonly warnings: readonly Diagnostic[];
}

export interface ResponseBounds {
  /** The caller's `limit`. */
  readonly limit: number | undefined;
  readonly maxRows: number;
  readonly timeLimitMs: number;
}

/** More rows than one answer may hold: the answer broke off. */
export class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
}

/** NDJSON where the caller does not care. Throws ProblemError (406) for forms that there are not. */
export function negotiateFormat(accepts: (types: string[]) => string | false): RowFormatName {
  const format = mediaTypes[accepts(Object.keys(mediaTypes)) || ''];
  if (format !== undefined) return format;
  const detail = `Accept: expected one of ${Object.keys(mediaTypes).join(', ')}, found none of them.`;
  throw new ProblemError({ status: 406, title: 'No such form', detail });
}

/**
 * Resolves to the number of rows once all are with the caller; rejects with TooManyRows, when the caller goes, and with
 * the signal's reason where the query was stopped before its first rows were there.
 */
export async function sendResult(
  response: Response,
  formatName: RowFormatName,
  { stream, warnings }: QueryResult,
  bounds: ResponseBounds,
  signal: AbortSignal,
): Promise<number> {
  const most = bounds.limit ?? bounds.maxRows;
  const chunks = takeRows(stream.chunks(), most);
  try {
    const first = await chunks.next();
    // Who stops a query breaks off an answer that has begun: from here to its first byte nothing may wait.
    signal.throwIfAborted();
    const format = createRowFormat(formatName);
    response.status(200);
    response.setHeader('content-type', format.contentType);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('pintail-row-limit', String(most));
    response.setHeader('pintail-time-limit-ms', String(bounds.timeLimitMs));
    response.setHeader('trailer', 'Pintail-Rows, Pintail-Complete');
    if (formatName === 'json') {
      const told = warnings.length === 0 ? '' : `"warnings":${JSON.stringify(warnings)},`;
      await writeText(response, `{"columns":${encodeJson(columnsOf(stream))},${told}"rows":`);
    } else {
      for (const [name, value] of Object.entries(warningHeaders(warnings))) response.setHeader(name, value);
    }
    await writeText(response, format.open(stream.columns));

    let rowCount = 0;
    let next = first;
    for (; next.done !== true; next = await chunks.next()) {
      rowCount += next.value.length;
      await writeText(response, format.rows(next.value));
    }
    const isComplete = next.value;
    if (!isComplete && bounds.limit === undefined) {
      throw new TooManyRows(`query: expected at most ${most} rows (api.query.max_rows), found more.`);
    }
    await writeText(response, format.close());
    if (formatName === 'json') await writeText(response, `,"complete":${isComplete}}\n`);
    response.addTrailers({ 'pintail-rows': String(rowCount), 'pintail-complete': String(isComplete) });
    response.end();
    return rowCount;
  } finally {
    await chunks.return(false);
  }
}

/** At most `most` rows; returns whether those were all. */
async function* takeRows(
  chunks: AsyncIterable<readonly SqlRow[]>,
  most: number,
): AsyncGenerator<readonly SqlRow[], boolean> {
  let left = most;
  for await (const chunk of chunks) {
    if (chunk.length > left) {
      if (left > 0) yield chunk.slice(0, left);
      return false;
    }
    left -= chunk.length;
    yield chunk;
  }
  return true;
}

function columnsOf(stream: SqlStream): readonly { readonly name: string; readonly type: string }[] {
  return stream.columns.map(({ name, type }) => ({ name, type }));
}
