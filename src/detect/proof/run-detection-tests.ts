/**
 * Runs the tests that detections carry: recorded events in, result rows compared.
 *
 * Each test gets a fresh, empty database, so tests cannot see one another's events.
 */
import { readFile } from 'node:fs/promises';
import type { Database, SqlRow, TimeWindow } from '../../component.ts';
import type { FieldRule } from '../../spl/index.ts';
import type { Detection, DetectionTest, Lookup, Macro, TestData } from '../detection.ts';
import { type CompiledDetection, compileDetection } from '../run/compile-detection.ts';
import { installLookups } from '../run/install-lookups.ts';
import { resolveTime } from '../schedule/time-modifier.ts';
import { compareRows } from './compare-rows.ts';

/** An empty database that takes recorded events; `service` makes it from the store and the file reader. */
export interface EventSandbox {
  readonly database: Database;
  /** Resolves once the file's events can be queried. Rejects where the file cannot be read. */
  load(data: TestData): Promise<void>;
  close(): Promise<void>;
}

export interface DetectionTestOptions {
  readonly detections: readonly Detection[];
  readonly macros: ReadonlyMap<string, Macro>;
  /** None where left out. */
  readonly lookups?: ReadonlyMap<string, Lookup> | undefined;
  /** Fields that the content makes of events; none where left out. */
  readonly fieldRules?: readonly FieldRule[] | undefined;
  readonly strictSplunk: boolean;
  readonly timeZone: string;
  readonly maxRows: number;
  openSandbox(): Promise<EventSandbox>;
}

export interface DetectionTestResult {
  readonly detection: string;
  readonly file: string;
  /** Name of the test; null for a detection that has none. */
  readonly test: string | null;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped, over several lines where rows are shown; empty where it passed. */
  readonly message: string;
  /** Rows that the search gave; null where it was not run. */
  readonly rows: number | null;
}

/** One result per test, in the order of the content. A detection without tests gives one that is skipped. */
export async function* runDetectionTests(options: DetectionTestOptions): AsyncGenerator<DetectionTestResult> {
  for (const detection of options.detections) {
    const about = { detection: detection.name, file: detection.file };
    if (detection.tests.length === 0) {
      yield { ...about, test: null, outcome: 'skipped', message: 'It has no test.', rows: null };
    }
    for (const test of detection.tests) {
      yield { ...about, test: test.name, ...(await runTest(detection, test, options)) };
    }
  }
}

type Verdict = Pick<DetectionTestResult, 'outcome' | 'message' | 'rows'>;

async function runTest(detection: Detection, test: DetectionTest, options: DetectionTestOptions): Promise<Verdict> {
  const remote = test.data.find((data) => !data.isLocal);
  if (remote !== undefined) return skipped(`Its events are not local: ${remote.data}`);
  if (test.data.length === 0) return skipped('It names no events.');
  const compiled = compileDetection(detection, { ...options, window: 'session' });
  if (!compiled.ok) return failed(compiled.error, null);
  try {
    const expected = test.expected === null ? null : await readExpected(test.expected);
    const rows = await runSearch(compiled, test, options);
    return judge(expected, rows);
  } catch (error: unknown) {
    return failed(error instanceof Error ? error.message : String(error), null);
  }
}

async function runSearch(
  compiled: CompiledDetection,
  test: DetectionTest,
  options: DetectionTestOptions,
): Promise<readonly SqlRow[]> {
  const sandbox = await options.openSandbox();
  try {
    for (const data of test.data) await sandbox.load(data);
    await installLookups(sandbox.database, options.lookups?.values() ?? []);
    const window = await windowOf(test, sandbox.database, options.timeZone);
    return await sandbox.database.read({ share: 'detection', window }, async (connection) => {
      const rows: SqlRow[] = [];
      const stream = await connection.stream(compiled.sql);
      for await (const chunk of stream.chunks()) {
        rows.push(...chunk);
        if (rows.length > options.maxRows) {
          throw new Error(`result: expected at most ${options.maxRows} rows, found more.`);
        }
      }
      return rows;
    });
  } finally {
    await sandbox.close();
  }
}

/** The test's own window; without one all time, and the newest event's time as now. */
async function windowOf(test: DetectionTest, database: Database, timeZone: string): Promise<TimeWindow> {
  const [newest] = await database.read({ share: 'detection' }, (connection) =>
    connection.query(
      `select epoch(max(_time)) as newest from (select _time from kube_audit union all select _time from logs)`,
    ),
  );
  const latestEvent = Number(newest?.newest ?? 0);
  const now = test.now === null ? latestEvent : resolveTime(test.now, latestEvent, timeZone);
  const resolve = (time: string | null) => (time === null ? null : resolveTime(time, now, timeZone));
  return { earliest: resolve(test.earliest), latest: resolve(test.latest), now };
}

async function readExpected(file: string): Promise<readonly SqlRow[]> {
  const rows: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!Array.isArray(rows) || rows.some((row) => typeof row !== 'object' || row === null || Array.isArray(row))) {
    throw new Error(`${file}: expected a JSON array of rows, each an object by field name, found something else.`);
  }
  return rows;
}

function judge(expected: readonly SqlRow[] | null, rows: readonly SqlRow[]): Verdict {
  if (expected === null) {
    return rows.length > 0 ? passed(rows) : failed('Expected at least one row, found none.', 0);
  }
  const { missing, surplus } = compareRows(expected, rows);
  if (missing.length === 0 && surplus.length === 0) return passed(rows);
  const lines = [
    `Expected ${expected.length} rows, found ${rows.length}.`,
    ...missing.map((row) => `- expected ${printRow(row)}`),
    ...surplus.map((row) => `+ found    ${printRow(row)}`),
  ];
  return failed(lines.join('\n'), rows.length);
}

function printRow(row: SqlRow): string {
  return JSON.stringify(row, (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value === null ? undefined : value,
  );
}

function passed(rows: readonly SqlRow[]): Verdict {
  return { outcome: 'passed', message: '', rows: rows.length };
}

function failed(message: string, rows: number | null): Verdict {
  return { outcome: 'failed', message, rows };
}

function skipped(message: string): Verdict {
  return { outcome: 'skipped', message, rows: null };
}
