/**
 * The window of a scan and the search's own time. Session variables decide; where they are unset, a detection reads the row that
 * the scheduler keeps in `detection_window`, and a session is unbounded.
 */
import { binary, call, cast, column, type Expression, text } from './expression.ts';

/**
 * Where the window comes from: the session variables `earliest`, `latest` and `now` (TIMESTAMP, UTC); where they are
 * unset, a detection reads its row of `detection_window`, a session is unbounded and has no `now()`.
 */
export type WindowBinding = { readonly kind: 'session' } | { readonly kind: 'detection'; readonly name: string };

type Moment = 'earliest' | 'latest' | 'now';

/** Bounds that a search sets itself, in place of the window's. */
export interface WindowOverrides {
  readonly earliest?: Expression;
  readonly latest?: Expression;
}

/** What one first search says about the time of its events, as time modifiers in UTC; null: the window's bound. */
export interface OwnBounds {
  readonly earliest: string | null;
  readonly latest: string | null;
}

/** The bounds of a scan as TIMESTAMP; infinite where there are none. */
export interface SearchRange {
  readonly earliest: Expression;
  readonly latest: Expression;
}

export function rangeOf(binding: WindowBinding, overrides: WindowOverrides): SearchRange {
  return {
    earliest: overrides.earliest ?? bound(binding, 'earliest', '-infinity'),
    latest: overrides.latest ?? bound(binding, 'latest', 'infinity'),
  };
}

/** `_time` lies in the half-open window. */
export function windowPredicates({ earliest, latest }: SearchRange): readonly Expression[] {
  const time = column('_time');
  return [binary('>=', time, earliest), binary('<', time, latest)];
}

/** The search's own time as TIMESTAMP; null in a session that sets none. Never the wall clock. */
export function searchTime(binding: WindowBinding): Expression {
  return binding.kind === 'session' ? variable('now') : call('coalesce', variable('now'), setting(binding.name, 'now'));
}

function bound(binding: WindowBinding, moment: 'earliest' | 'latest', unbounded: string): Expression {
  const fallback = binding.kind === 'session' ? cast(text(unbounded), 'timestamp') : setting(binding.name, moment);
  return call('coalesce', variable(moment), fallback);
}

function variable(moment: Moment): Expression {
  return cast(call('getvariable', text(moment)), 'timestamp');
}

function setting(detection: string, moment: Moment): Expression {
  return { op: 'settingOf', table: 'detection_window', column: moment, key: 'detection', value: detection };
}
