/** The body of `POST /api/v1/query`. */
import { z } from 'zod';
import { PermanentError, type TimeWindow } from '../component.ts';
import type { HuntDependencies } from './settings.ts';

const time = z.union([z.string().min(1).max(100), z.number()]).optional();

const body = z.strictObject({
  language: z.enum(['sql', 'spl']),
  query: z.string().min(1),
  earliest: time,
  latest: time,
  now: time,
  limit: z.int().min(1).optional(),
  tokens: z.record(z.string().max(200), z.string().max(10_000)).optional(),
});

export interface QueryRequest {
  readonly language: 'sql' | 'spl';
  readonly query: string;
  /** SQL without times has none: detection views then show their last scheduled window. */
  readonly window: TimeWindow | undefined;
  /** The rows that the caller asked for at most. */
  readonly limit: number | undefined;
  /** Values of the `$name$` in SPL. */
  readonly tokens: ReadonlyMap<string, string>;
}

type Times = Pick<HuntDependencies, 'resolveTime' | 'now'>;

/** Throws PermanentError that names the field. `maxRows` bounds `limit`. */
export function parseQueryRequest(value: unknown, maxRows: number, times: Times): QueryRequest {
  const result = body.safeParse(value);
  if (!result.success) throw new PermanentError(result.error.issues.map(describe).join(' '));
  const { language, query, earliest, latest, now, limit, tokens = {} } = result.data;
  if (language === 'sql' && Object.keys(tokens).length > 0) {
    throw new PermanentError('tokens: expected them with SPL, found them with SQL, which has none.');
  }
  if (limit !== undefined && limit > maxRows) {
    throw new PermanentError(`limit: expected at most ${maxRows} (api.query.max_rows), found ${limit}.`);
  }
  const isTimed = earliest !== undefined || latest !== undefined || now !== undefined;
  const window = language === 'spl' || isTimed ? resolveWindow({ earliest, latest, now }, times) : undefined;
  return { language, query, window, limit, tokens: new Map(Object.entries(tokens)) };
}

type Time = string | number | undefined;

function resolveWindow(asked: { earliest: Time; latest: Time; now: Time }, times: Times): TimeWindow {
  const clock = times.now();
  const resolve = (name: string, value: Time, now: number): number | null => {
    if (value === undefined) return null;
    try {
      return inYears(typeof value === 'number' ? value : times.resolveTime(value, now));
    } catch (error: unknown) {
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError(`${name}: ${error.message}`, { cause: error });
    }
  };
  const now = resolve('now', asked.now, clock) ?? clock;
  const earliest = resolve('earliest', asked.earliest, now);
  const latest = resolve('latest', asked.latest, now);
  if (earliest !== null && latest !== null && earliest >= latest) {
    throw new PermanentError(`earliest: expected a time before latest (${latest}), found ${earliest}.`);
  }
  return { earliest, latest, now };
}

/** Beyond these years a time is a mistake (milliseconds for seconds), and soon none that the database can hold. */
function inYears(seconds: number): number {
  if (Math.abs(seconds) < 253_402_300_800) return seconds;
  throw new PermanentError(`expected epoch seconds within the years to 9999, found ${seconds}.`);
}

function describe(issue: z.core.$ZodIssue): string {
  const name = issue.path.length === 0 ? 'request body' : issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `request body: expected ${Object.keys(body.shape).join(', ')}, found the unknown key "${issue.keys.join('", "')}".`;
  }
  if (issue.code === 'invalid_value') {
    return `${name}: expected ${issue.values.map((choice) => `"${String(choice)}"`).join(' or ')}, found something else.`;
  }
  return `${name}: ${expectations[name] ?? 'expected a JSON object'}, found something else.`;
}

const timeExpectation = 'expected a Splunk relative time, an ISO time or epoch seconds';

const expectations: Readonly<Record<string, string>> = {
  query: 'expected a text that is not empty',
  earliest: timeExpectation,
  latest: timeExpectation,
  now: timeExpectation,
  limit: 'expected a whole number of at least 1',
  tokens: 'expected an object of texts',
};
