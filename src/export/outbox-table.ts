/**
 * The tables `outbox` and `outbox_delivery`: every statement that reads or writes them. Lists travel as one JSON
 * parameter, so that a statement is the same text however long the list.
 */
import { type Connection, type OutboundEvent, RetryableError, type SqlRow } from '../component.ts';
import { printPayload } from './payload.ts';

/** One event waiting for one destination. */
export interface OutboxRow {
  readonly sequence: number;
  readonly eventId: string;
  readonly payload: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly enqueuedMs: number;
  /** Milliseconds since the epoch; 0 where it may go at once. */
  readonly nextAttemptMs: number;
}

export interface DeadRow {
  readonly sequence: number;
  readonly reason: string;
}

export interface QueueCounts {
  readonly pending: number;
  readonly dead: number;
  /** Milliseconds since the epoch; null where none waits. */
  readonly oldestPendingMs: number | null;
}

/** Rows and bytes of one insert: a bound on the size of its parameter. */
const MAX_INSERT_ROWS = 1_000;
const MAX_INSERT_BYTES = 8 * 1_048_576;
/** Longest reason that is kept. */
const MAX_REASON_LENGTH = 2_000;

/**
 * Adds one row per event and destination, in order. An event id that waits, is dead, or was delivered within memory
 * is left as it is. Rejects with RetryableError where a destination has more than `maxPending` rows waiting.
 */
export async function insertEvents(
  connection: Connection,
  events: readonly OutboundEvent[],
  destinations: readonly string[],
  nowMs: number,
  maxPending: number,
): Promise<void> {
  const unique = [...new Map(events.toReversed().map((event) => [event.eventId, event])).values()].toReversed();
  if (unique.length === 0 || destinations.length === 0) return;
  const counts = await countRows(connection);
  for (const destination of destinations) {
    const pending = counts.get(destination)?.pending ?? 0;
    if (pending + unique.length > maxPending) {
      throw new RetryableError(
        `outbox: expected at most ${maxPending} events waiting for "${destination}", found ${pending} and ${unique.length} new ones. Is the destination reachable?`,
        30_000,
      );
    }
  }
  for (const part of parts(unique.map((event) => ({ event_id: event.eventId, payload: printPayload(event) })))) {
    const rows = part.flatMap((row) => destinations.map((destination) => ({ ...row, destination })));
    const sequences = await connection.query(
      `select nextval('outbox_sequence') as sequence from range($1::bigint) order by sequence`,
      [rows.length],
    );
    const numbered = rows.map((row, index) => ({ ...row, sequence: Number(sequences[index]?.sequence) }));
    await connection.run(
      `with incoming as (
         select unnest(from_json($1::json, '[{"sequence": "BIGINT", "event_id": "VARCHAR", "destination": "VARCHAR", "payload": "VARCHAR"}]'), recursive := true)
       )
       insert into outbox (sequence, event_id, destination, payload, payload_bytes, enqueued_at)
       select sequence, event_id, destination, payload, strlen(payload), make_timestamp($2::bigint * 1000)
       from incoming
       where not exists (from outbox as waiting where waiting.event_id = incoming.event_id and waiting.destination = incoming.destination)
         and not exists (from outbox_delivery as delivered where delivered.event_id = incoming.event_id and delivered.destination = incoming.destination)
       order by sequence`,
      [JSON.stringify(numbered), Math.floor(nowMs)],
    );
  }
}

/** The first waiting rows of a destination: at most `maxEvents`, and `maxBytes` of payload unless one row alone is larger. */
export async function readHead(
  connection: Connection,
  destination: string,
  maxEvents: number,
  maxBytes: number,
): Promise<readonly OutboxRow[]> {
  const rows = await connection.query(
    `with head as (
       select * from outbox where destination = $1 and status = 'pending' order by sequence limit $2::bigint
     )
     select sequence, event_id, payload::varchar as payload, attempts,
       epoch_ms(enqueued_at) as enqueued_ms, epoch_ms(next_attempt_at) as next_attempt_ms
     from head
     qualify row_number() over (order by sequence) = 1 or sum(payload_bytes) over (order by sequence) <= $3::bigint
     order by sequence`,
    [destination, maxEvents, maxBytes],
  );
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    eventId: String(row.event_id),
    payload: String(row.payload),
    attempts: Number(row.attempts),
    enqueuedMs: Number(row.enqueued_ms),
    nextAttemptMs: Number(row.next_attempt_ms ?? 0),
  }));
}

/** Takes delivered rows out, remembering their ids, and marks refused ones dead. */
export async function settleRows(
  connection: Connection,
  delivered: readonly number[],
  dead: readonly DeadRow[],
  nowMs: number,
): Promise<void> {
  if (delivered.length > 0) {
    const sequences = JSON.stringify(delivered);
    await connection.run(
      `insert into outbox_delivery
       select event_id, destination, make_timestamp($2::bigint * 1000) from outbox
       where sequence in (select unnest(from_json($1::json, '["BIGINT"]')))`,
      [sequences, Math.floor(nowMs)],
    );
    await connection.run(`delete from outbox where sequence in (select unnest(from_json($1::json, '["BIGINT"]')))`, [
      sequences,
    ]);
  }
  if (dead.length > 0) {
    const rows = dead.map(({ sequence, reason }) => ({ sequence, reason: shorten(reason) }));
    await connection.run(
      `update outbox set status = 'dead', attempts = attempts + 1, next_attempt_at = null, last_error = refused.reason
       from (select unnest(from_json($1::json, '[{"sequence": "BIGINT", "reason": "VARCHAR"}]'), recursive := true)) as refused
       where outbox.sequence = refused.sequence`,
      [JSON.stringify(rows)],
    );
  }
}

/** Counts a failed attempt on rows that stay in line until `nextAttemptMs`. */
export async function postponeRows(
  connection: Connection,
  sequences: readonly number[],
  nextAttemptMs: number,
  reason: string,
): Promise<void> {
  await connection.run(
    `update outbox set attempts = attempts + 1, next_attempt_at = make_timestamp($2::bigint * 1000), last_error = $3
     where sequence in (select unnest(from_json($1::json, '["BIGINT"]')))`,
    [JSON.stringify(sequences), Math.ceil(nextAttemptMs), shorten(reason)],
  );
}

/** Puts the dead letters of a destination back in line, at their old place. Resolves to how many. */
export async function reviveRows(connection: Connection, destination: string, nowMs: number): Promise<number> {
  return connection.run(
    `update outbox set status = 'pending', attempts = 0, next_attempt_at = null, enqueued_at = make_timestamp($2::bigint * 1000)
     where destination = $1 and status = 'dead'`,
    [destination, Math.floor(nowMs)],
  );
}

/** A row that is not sent any more. */
export interface DeadLetterRow {
  readonly destination: string;
  readonly eventId: string;
  readonly payload: string;
  readonly attempts: number;
  readonly reason: string | null;
  /** Milliseconds since the epoch. */
  readonly enqueuedMs: number;
}

/** The oldest first; `destination` null is every one. */
export async function readDeadRows(
  connection: Connection,
  destination: string | null,
  limit: number,
): Promise<readonly DeadLetterRow[]> {
  const rows = await connection.query(
    `select destination, event_id, payload::varchar as payload, attempts, last_error, epoch_ms(enqueued_at) as enqueued_ms
     from outbox where status = 'dead' and ($1::varchar is null or destination = $1::varchar)
     order by sequence limit $2::bigint`,
    [destination, limit],
  );
  return rows.map((row) => ({
    destination: String(row.destination),
    eventId: String(row.event_id),
    payload: String(row.payload),
    attempts: Number(row.attempts),
    reason: row.last_error == null ? null : String(row.last_error),
    enqueuedMs: Number(row.enqueued_ms),
  }));
}

/** Rows by destination, also those that no longer exist in the configuration. */
export async function countRows(connection: Connection): Promise<ReadonlyMap<string, QueueCounts>> {
  const rows = await connection.query(
    `select destination, count(*) filter (status = 'pending') as pending, count(*) filter (status = 'dead') as dead,
       epoch_ms(min(enqueued_at) filter (status = 'pending')) as oldest_ms
     from outbox group by destination order by destination`,
  );
  return new Map(
    rows.map((row: SqlRow) => [
      String(row.destination),
      {
        pending: Number(row.pending),
        dead: Number(row.dead),
        oldestPendingMs: row.oldest_ms == null ? null : Number(row.oldest_ms),
      },
    ]),
  );
}

export interface PruneLimits {
  readonly deliveredBeforeMs: number;
  readonly maxDelivered: number;
  readonly deadBeforeMs: number;
  readonly maxDead: number;
}

/** Forgets deliveries and dead letters that are too old or too many. Resolves to the dead letters removed. */
export async function pruneRows(connection: Connection, limits: PruneLimits): Promise<number> {
  await connection.run(
    `delete from outbox_delivery
     where delivered_at < make_timestamp($1::bigint * 1000)
       or rowid not in (select rowid from outbox_delivery order by delivered_at desc, rowid desc limit $2::bigint)`,
    [Math.floor(limits.deliveredBeforeMs), limits.maxDelivered],
  );
  return connection.run(
    `delete from outbox
     where status = 'dead' and (
       enqueued_at < make_timestamp($1::bigint * 1000)
       or sequence not in (select sequence from outbox where status = 'dead' order by sequence desc limit $2::bigint)
     )`,
    [Math.floor(limits.deadBeforeMs), limits.maxDead],
  );
}

function* parts<T extends { readonly payload: string }>(rows: readonly T[]): Generator<readonly T[]> {
  let part: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (part.length > 0 && (part.length >= MAX_INSERT_ROWS || bytes + row.payload.length > MAX_INSERT_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += row.payload.length;
  }
  if (part.length > 0) yield part;
}

function shorten(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH).toWellFormed();
}
