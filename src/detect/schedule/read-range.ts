/**
 * Which events a run reads: those of its schedule's window, or where parts of its search set times of their own, all from
 * the earliest start of a part to the latest end. Pure.
 */
import type { OwnBounds } from '../../spl/index.ts';
import type { WindowBounds } from '../run/identify-findings.ts';
import type { ScheduledWindow } from '../run/run-window.ts';
import { furthestAhead, furthestBack, parseTimeModifier, resolveTime } from './time-modifier.ts';

/** The compiled search counts its own times in it. */
const SEARCH_TIME_ZONE = 'UTC';
/** What lies further from the scheduled time stands for all time, and so does a date: it moves ever further away. */
export const CENTURY_SECONDS = 100 * 366 * 86_400;

/**
 * A start that is a date, 0 or a century back counts from at most `mostSeconds` before the scheduled time, such an end up
 * to the scheduled time or the window's end.
 */
export function readRange(parts: readonly OwnBounds[], window: ScheduledWindow, mostSeconds: number): WindowBounds {
  if (!setsTimes(parts)) return window;
  const ranges = parts
    .map((part) => ({
      earliest: part.earliest === null ? window.earliest : startOf(part.earliest, window, mostSeconds),
      latest: part.latest === null ? window.latest : endOf(part.latest, window),
    }))
    .filter(({ earliest, latest }) => earliest < latest);
  if (ranges.length === 0) return { earliest: window.now, latest: window.now };
  return {
    earliest: Math.min(...ranges.map(({ earliest }) => earliest)),
    latest: Math.max(...ranges.map(({ latest }) => latest)),
  };
}

export function setsTimes(parts: readonly OwnBounds[]): boolean {
  return parts.some(({ earliest, latest }) => earliest !== null || latest !== null);
}

/** At least how far a range lies around its scheduled time, whenever that is; in seconds. */
export interface Reach {
  readonly back: number;
  readonly ahead: number;
}

/** Of the times that the parts set themselves. */
export function reachOf(parts: readonly OwnBounds[], mostSeconds: number): Reach {
  const starts = parts.flatMap(({ earliest }) => (earliest === null ? [] : [earliest]));
  const ends = parts.flatMap(({ latest }) => (latest === null ? [] : [latest]));
  return {
    back: Math.max(0, ...starts.map(furthestBack).map((back) => (back > CENTURY_SECONDS ? mostSeconds : back))),
    ahead: Math.max(0, ...ends.map(furthestAhead).map((ahead) => (ahead > CENTURY_SECONDS ? 0 : ahead))),
  };
}

function startOf(modifier: string, { now }: ScheduledWindow, mostSeconds: number): number {
  const start = instantOf(modifier, now);
  return furthestBack(modifier) > CENTURY_SECONDS ? Math.max(start, now - mostSeconds) : start;
}

function endOf(modifier: string, { now, latest }: ScheduledWindow): number {
  const end = instantOf(modifier, now);
  return furthestAhead(modifier) > CENTURY_SECONDS ? Math.min(end, Math.max(now, latest)) : end;
}

/** The calendar ends somewhere. */
function instantOf(modifier: string, now: number): number {
  if (parseTimeModifier(modifier).kind === 'relative') {
    if (furthestBack(modifier) > CENTURY_SECONDS) return Number.NEGATIVE_INFINITY;
    if (furthestAhead(modifier) > CENTURY_SECONDS) return Number.POSITIVE_INFINITY;
  }
  return resolveTime(modifier, now, SEARCH_TIME_ZONE);
}
