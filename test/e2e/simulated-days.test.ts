/**
 * Weeks of the same volume every day, on a clock of our own: the files stop growing once the retention is reached.
 * Prints the size of every day.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditRow, logRow, openTestStore, type TestStore } from '../store/store-fixture.ts';

const hour = 3_600_000;
const day = 24 * hour;
const loadsPerDay = 12;
const rowsPerLoad = 4000;
const days = 45;

interface Case {
  readonly retentionDays: number;
  /** Days in the database before the cold tier; null: no tier. */
  readonly hotDays: number | null;
}

test.for<Case>([
  { retentionDays: 10, hotDays: null },
  { retentionDays: 30, hotDays: null },
  { retentionDays: 30, hotDays: 5 },
])(
  'with $retentionDays days of retention and $hotDays before the cold tier all files are as large after 45 days as after the first of them',
  {
    timeout: 900_000,
  },
  async ({ retentionDays, hotDays }) => {
    let now = Date.UTC(2026, 0, 1);
    const directory = mkdtempSync(join(tmpdir(), 'pintail-days-'));
    const cold = join(directory, 'cold');
    await using opened = await openTestStore({
      directory,
      settings: {
        retentionMs: retentionDays * day,
        findingsRetentionMs: retentionDays * day,
        cold: hotDays === null ? null : { afterMs: hotDays * day, directory: cold },
      },
      context: { clock: () => now },
    });
    const sizes: number[] = [];
    const coldSizes: number[] = [];
    const kept: number[] = [];
    for (let index = 0; index < days; index += 1) {
      let largest = 0;
      let largestCold = 0;
      for (let load = 0; load < loadsPerDay; load += 1) {
        await receive(opened, now, `${index}-${load}`);
        await recordResults(opened, now, `${index}-${load}`);
        await opened.store.retain();
        largest = Math.max(largest, size(opened.directory));
        largestCold = Math.max(largestCold, coldSize(cold));
        now += day / loadsPerDay;
      }
      sizes.push(largest);
      coldSizes.push(largestCold);
      const [row] = await opened.loadedRows('select count(distinct _indextime::date) as n from kube_audit');
      kept.push(Number(row?.n));
    }
    const print = (bytes: readonly number[]): string => bytes.map((each) => (each / 1e6).toFixed(1)).join(' ');
    process.stdout.write(`${retentionDays} days kept, database, MB each day: ${print(sizes)}\n`);
    if (hotDays !== null) process.stdout.write(`${hotDays} of them hot; cold tier, MB each day: ${print(coldSizes)}\n`);
    // A day goes at the midnight at which it ended `retentionDays` ago: until then it is there beside today.
    expect(Math.max(...kept)).toBe(retentionDays + 1);
    expect(kept.at(-1)).toBe(retentionDays + 1);
    for (const series of hotDays === null ? [sizes] : [sizes, coldSizes]) {
      const firstWeek = series.slice(retentionDays + 1, retentionDays + 8);
      expect(Math.max(...firstWeek)).toBeGreaterThan(0);
      expect(Math.max(...series.slice(-7))).toBeLessThanOrEqual(1.1 * Math.max(...firstWeek));
    }
    const results = await opened.loadedRows(
      'select (select count(*) from finding) as findings, (select count(*) from detection_run) as runs',
    );
    const most = (retentionDays + 1) * loadsPerDay * 100;
    expect(results[0]?.findings).toBeLessThanOrEqual(most);
    expect(results[0]?.runs).toBeLessThanOrEqual(most);
  },
);

/** About 600 bytes a row, of which half do not compress. */
async function receive(opened: TestStore, now: number, id: string): Promise<void> {
  const rows = Array.from({ length: rowsPerLoad }, (_item, index) => {
    const random = ['a', 'b', 'c', 'd']
      .map((part) => createHash('sha512').update(`${id}/${index}/${part}`).digest('hex'))
      .join('');
    return {
      id: `${id}-${index}`,
      timeMicros: now * 1000 + index,
      text: `{"id":"${id}-${index}","random":"${random}"}`,
    };
  });
  await opened.store.append({
    audit: rows.map(({ id: auditID, timeMicros, text }) => auditRow(auditID, { timeMicros, _raw: text })),
    logs: rows.slice(0, 100).map(({ timeMicros, text }) => logRow(text, { timeMicros })),
  });
  await opened.store.loaded();
}

/** A hundred runs with a finding each, as a service with many detections writes them. */
async function recordResults(opened: TestStore, now: number, id: string): Promise<void> {
  const at = `make_timestamp(${now * 1000})`;
  await opened.store.database.write(async (connection) => {
    await connection.run(`insert into detection_run by name
      select '${id}-' || i as run_id, 'd' as detection, 'scheduled' as kind, '1' as detection_version, 'h' as content_hash,
        ${at} as scheduled_at, ${at} as window_earliest, ${at} as window_latest, 'done' as status, 0 as revision, 1 as attempt
      from range(100) t(i)`);
    await connection.run(`insert into finding select '${id}-' || i, 'd', 'D', '1', '${id}-' || i, ${at}, ${at}, ${at}, ${at},
      'active', 0, md5('${id}' || i), json_object('text', md5('x${id}' || i)) from range(100) t(i)`);
  });
}

function size(directory: string): number {
  return ['pintail.duckdb', 'pintail.duckdb.wal']
    .map((name) => join(directory, name))
    .reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
}

function coldSize(cold: string): number {
  return globSync('*/*/*/*', { cwd: cold }).reduce((sum, path) => sum + statSync(join(cold, path)).size, 0);
}
