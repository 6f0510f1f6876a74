/** Where the range of a time begins, in epoch seconds, for bin. */
import type { StringLiteral, SubsecondSpan, TimeSpan, WeekSpan } from './ast.ts';
import { SECONDS } from './bin-size.ts';
import type { CommandScope } from './command-scope.ts';
import { binary, call, type Expression, number } from './expression.ts';
import { FIRST_SUNDAY, monthStart, WEEK } from './time-bucket.ts';
import { boundsOf } from './time-bucket-step.ts';
import { timeModifier } from './time-modifier.ts';
import { searchTime } from './time-window.ts';

/** Days, weeks and longer begin where the calendar says, whatever they are to be aligned to. */
export function floorTime(
  time: Expression,
  size: TimeSpan | SubsecondSpan | WeekSpan,
  align: Expression | undefined,
): Expression {
  if (size.kind === 'subseconds') {
    const parts = number(size.perSecond);
    const floor = (given: Expression): Expression => binary('/', call('floor', binary('*', given, parts)), parts);
    return align === undefined ? floor(time) : binary('+', floor(binary('-', time, align)), align);
  }
  if (size.kind === 'weeks') {
    const offset = number(((FIRST_SUNDAY + size.weekday) % 7) * SECONDS.d);
    return alignedFloor(time, number(WEEK), offset);
  }
  const { count, unit } = size;
  if (unit === 'mon' || unit === 'q' || unit === 'y') {
    return monthStart(time, count * (unit === 'mon' ? 1 : unit === 'q' ? 3 : 12));
  }
  const seconds = number(count * SECONDS[unit]);
  if (align !== undefined && unit !== 'd') return alignedFloor(time, seconds, align);
  return binary('*', call('floor', binary('/', time, seconds)), seconds);
}

/** Ranges of so many seconds, one of which begins at `align`. */
export function alignedFloor(time: Expression, seconds: Expression, align: Expression): Expression {
  const since = binary('/', binary('-', time, align), seconds);
  return binary('+', binary('*', call('floor', since), seconds), align);
}

/** In epoch seconds. A search without that bound is aligned to the epoch. */
export function alignmentOf(align: StringLiteral | undefined, scope: CommandScope): Expression | undefined {
  if (align === undefined) return undefined;
  const word = align.value.toLowerCase();
  if (word === 'earliest' || word === 'latest') {
    const bounds = boundsOf(scope);
    if (bounds === undefined) return number(0);
    return call('coalesce', word === 'earliest' ? bounds.from : bounds.to, number(0));
  }
  return call('epoch', timeModifier(align.value, searchTime(scope.settings.window), align.span));
}
