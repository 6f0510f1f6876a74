/** `GET /api/v1/detections`, `/runs`, `/findings`, `/risk-events`. */
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { type Database, PermanentError, type SqlRow, type SqlValue } from '../component.ts';
import { encodeJson } from '../format/index.ts';
import type { HuntDependencies, Listing, ListingName } from './settings.ts';

const maxLimit = 10_000;

const parameters = z.strictObject({
  limit: z.coerce.number().int().min(1).max(maxLimit).default(100),
  since: z.string().min(1).max(100).optional(),
});

/** Answers `{"items": […], "complete": true}`; `complete` says whether the limit left anything out. */
export function listingRoute(list: Listing, times: Pick<HuntDependencies, 'now' | 'resolveTime'>): RequestHandler {
  return async (request: Request, response: Response): Promise<void> => {
    const result = parameters.safeParse(request.query);
    if (!result.success) {
      const expected = `limit (1 to ${maxLimit}) and since (a Splunk relative time, an ISO time or epoch seconds)`;
      const found = JSON.stringify(request.query);
      throw new PermanentError(`query string: expected at most ${expected}, found ${found}.`);
    }
    const { limit, since } = result.data;
    const from = since === undefined ? null : times.resolveTime(since, times.now());
    const stop = new AbortController();
    response.once('close', () => stop.abort(new Error('listing: expected a reader, found that it has gone.')));
    const items = await list({ limit: limit + 1, since: from }, stop.signal);
    const page = items.slice(0, limit) as readonly SqlValue[];
    response.type('application/json').setHeader('cache-control', 'no-store');
    response.send(`{"items":${encodeJson(page)},"complete":${items.length <= limit}}\n`);
  };
}

/** Tables behind listings: the SQL of one page, newest first, with `$1` as since (epoch seconds) and `$2` as limit. */
const tables: Readonly<Record<Exclude<ListingName, 'detections'>, { readonly name: string; readonly time: string }>> = {
  runs: { name: 'detection_run', time: 'scheduled_at' },
  findings: { name: 'finding', time: 'found_at' },
  'risk-events': { name: 'risk_event', time: '_time' },
};

/** Listings read from the tables of sql/migrations/0002_detections.sql; JSON columns come as objects. */
export function tableListing(database: Database, listing: keyof typeof tables): Listing {
  const { name, time } = tables[listing];
  const sql = `select * from ${name} where $1::double is null or epoch("${time}") >= $1::double order by "${time}" desc, 1 limit $2::bigint`;
  return async ({ limit, since }, signal) => {
    const rows = await database.read({ share: 'service', signal }, (connection) =>
      connection.query(sql, [since, limit]),
    );
    return rows.map(parseJsonColumns);
  };
}

const jsonColumns: ReadonlySet<string> = new Set(['row', 'attributes']);

function parseJsonColumns(row: SqlRow): SqlRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      jsonColumns.has(name) && typeof value === 'string' ? (JSON.parse(value) as SqlValue) : value,
    ]),
  );
}
