/** Where each detection stands (tables detection_schedule, detection_window) in terms of rows. Times are epoch seconds. */
import type { Connection } from '../../component.ts';
import type { Detection, Schedule } from '../detection.ts';
import type { ScheduledWindow } from '../run/run-window.ts';
import { toMicros } from '../run/sql-values.ts';

/** A detection as the last start that had it left it. */
export interface KnownSchedule {
  readonly slug: string;
  /** Null, like `schedule`, where an older Pintail wrote it. */
  readonly id: string | null;
  readonly schedule: Schedule | null;
  /** Scheduled times up to this one are in the ledger. */
  readonly until: number;
  /** A start did not have it any more. */
  readonly isGone: boolean;
}

const time = (parameter: string) => `make_timestamp(cast(${parameter} as bigint))`;

export async function readSchedules(connection: Connection): Promise<ReadonlyMap<string, KnownSchedule>> {
  const rows = await connection.query(
    `select detection, detection_id, cron, earliest, latest, epoch(scheduled_until) as until,
       gone_since is not null as is_gone from detection_schedule`,
  );
  return new Map(
    rows.map(({ detection, detection_id, cron, earliest, latest, until, is_gone }) => {
      const slug = String(detection);
      const schedule = cron == null ? null : { cron: String(cron), earliest: String(earliest), latest: String(latest) };
      const id = detection_id == null ? null : String(detection_id);
      return [slug, { slug, id, schedule, until: Number(until), isGone: is_gone === true }];
    }),
  );
}

/** What the detection is at this start. */
export async function writeSchedule(
  connection: Connection,
  { slug, id, schedule }: Pick<Detection, 'slug' | 'id' | 'schedule'>,
): Promise<void> {
  await connection.run(
    `update detection_schedule set detection_id = $2, cron = $3, earliest = $4, latest = $5, gone_since = null
     where detection = $1`,
    [slug, id, schedule.cron, schedule.earliest, schedule.latest],
  );
}

/** The detection goes on under another name. */
export async function renameSchedule(connection: Connection, from: string, to: string): Promise<void> {
  for (const table of ['detection_schedule', 'detection_window']) {
    await connection.run(`insert into ${table} select * replace ($2 as detection) from ${table} where detection = $1`, [
      from,
      to,
    ]);
    await connection.run(`delete from ${table} where detection = $1`, [from]);
  }
}

/** From now on nothing is scheduled for the detection. */
export async function writeGone(connection: Connection, detection: string, now: number): Promise<void> {
  await connection.run(
    `update detection_schedule set gone_since = ${time('$2')}, scheduled_until = greatest(scheduled_until, ${time('$2')})
     where detection = $1`,
    [detection, toMicros(now)],
  );
}

/** Sets the cursor back, and the detection's view to the window of its newest run up to it. */
export async function turnBackSchedule(connection: Connection, detection: string, until: number): Promise<void> {
  await connection.run(
    `update detection_schedule set scheduled_until = ${time('$2')}, known_since = least(known_since, ${time('$2')})
     where detection = $1`,
    [detection, toMicros(until)],
  );
  await connection.run('delete from detection_window where detection = $1', [detection]);
  await connection.run(
    `insert into detection_window select detection, window_earliest, window_latest, scheduled_at from detection_run
     where kind = 'scheduled' and detection = $1 and scheduled_at <= ${time('$2')} order by scheduled_at desc limit 1`,
    [detection, toMicros(until)],
  );
}

/** First time: also since when the detection is known. */
export async function writeScheduledUntil(connection: Connection, detection: string, until: number): Promise<void> {
  await connection.run(
    `insert into detection_schedule (detection, known_since, scheduled_until) values ($1, ${time('$2')}, ${time('$2')})
     on conflict (detection) do update set scheduled_until = excluded.scheduled_until`,
    [detection, toMicros(until)],
  );
}

/** The window that the detection's view shows from now on. */
export async function writeDetectionWindow(
  connection: Connection,
  detection: string,
  window: ScheduledWindow,
): Promise<void> {
  await connection.run(
    `insert into detection_window values ($1, ${time('$2')}, ${time('$3')}, ${time('$4')})
     on conflict (detection) do update set earliest = excluded.earliest, latest = excluded.latest, "now" = excluded."now"`,
    [detection, toMicros(window.earliest), toMicros(window.latest), toMicros(window.now)],
  );
}
