/** Buckets of time: where one begins, and all between two of them. Times are epoch seconds, in UTC. */
import type { BucketSize } from './ast.ts';
import { binary, call, cast, type Expression, lambda, number, text, when } from './expression.ts';

/** The steps from which Splunk takes the length of a bucket that nobody names; the last is a calendar month. */
const STEPS = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 86_400] as const;
const MONTH = 2_592_000;
/** In seconds. */
export const WEEK = 604_800;
/** The epoch was a Thursday; the first Sunday came so many days later. */
export const FIRST_SUNDAY = 3;
/** The catalogue's resolution. */
const SHORTEST = 0.000_001;

/** The shortest step, not under `least`, of which at most `most` fit into so many seconds. */
export function stepOf({ most, least }: Extract<BucketSize, { kind: 'automatic' }>, seconds: Expression): Expression {
  const whens = STEPS.filter((step) => step >= least).map((step) => ({
    condition: binary('<=', seconds, number(step * most)),
    result: number(step),
  }));
  return { op: 'case', whens, otherwise: number(MONTH) };
}

/** Where the bucket of a time begins. `step` is the length of an automatic one. */
export function bucketStart(size: BucketSize, time: Expression, step?: Expression): Expression {
  switch (size.kind) {
    case 'seconds':
      return floorTo(time, number(size.seconds), size.offset);
    case 'months':
      return monthStart(time, size.months);
    case 'automatic': {
      const length = required(step);
      return when(binary('<', length, number(MONTH)), floorTo(time, length, 0), monthStart(time, 1));
    }
  }
}

/** Where the last bucket begins that has a time before the end. */
export function lastBucket(size: BucketSize, end: Expression, step?: Expression): Expression {
  if (size.kind === 'seconds' && size.offset === 0) {
    const seconds = number(size.seconds);
    return binary('-', binary('*', call('ceil', binary('/', end, seconds)), seconds), seconds);
  }
  return bucketStart(size, binary('-', end, number(SHORTEST)), step);
}

/** The starts from `first` to `last`, and how many steps lie between them, roughly where they are months. */
export function bucketStarts(
  size: BucketSize,
  first: Expression,
  last: Expression,
  step: Expression,
): { readonly count: Expression; readonly starts: Expression } {
  const bySeconds = (length: Expression) => ({
    count: binary('/', binary('-', last, first), length),
    starts: call('range', first, binary('+', last, length), length),
  });
  const byMonths = (months: number) => ({
    count: binary('/', binary('-', last, first), number(months * MONTH)),
    starts: call(
      'list_transform',
      call(
        'range',
        call('spl_timestamp', first),
        binary('+', call('spl_timestamp', last), { op: 'interval', count: 1, unit: 'day' }),
        { op: 'interval', count: months, unit: 'month' },
      ),
      lambda('start_', (start) => cast(call('epoch', start), 'bigint')),
    ),
  });
  switch (size.kind) {
    case 'seconds':
      return bySeconds(number(size.seconds));
    case 'months':
      return byMonths(size.months);
    case 'automatic': {
      const [seconds, months] = [bySeconds(step), byMonths(1)];
      return {
        count: seconds.count,
        starts: when(binary('<', step, number(MONTH)), seconds.starts, months.starts),
      };
    }
  }
}

function floorTo(time: Expression, length: Expression, offset: number): Expression {
  const floor = (value: Expression): Expression => binary('*', call('floor', binary('/', value, length)), length);
  return offset === 0 ? floor(time) : binary('+', floor(binary('-', time, number(offset))), number(offset));
}

/** Of so many calendar months, counted from January 1970. */
export function monthStart(time: Expression, months: number): Expression {
  const epoch = cast(text('1970-01-01'), 'timestamp');
  const interval = { op: 'interval', count: months, unit: 'month' } as const;
  return call('epoch', call('time_bucket', interval, call('spl_timestamp', time), epoch));
}

function required(step: Expression | undefined): Expression {
  if (step === undefined) throw new Error('time-bucket: expected the length of automatic buckets.');
  return step;
}
