/** What `check` says about content. Plain data; docs/check.md describes its JSON form. */
import type { ContentProblem } from '../detection.ts';

/** 1-based line and column. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What the compiler says about a search. */
export interface SearchMessage {
  readonly code: string;
  readonly message: string;
  readonly help: string | null;
  readonly place: Place;
}

/** Something in the search itself that its author probably did not mean. It runs as written. */
export interface Suspicion {
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly place: Place;
}

/** Where events come from, and which fields are read of them. A search has one per reading of data. */
export interface Reading {
  readonly dataset: string;
  /** As SPL spells them, sorted. */
  readonly fields: readonly string[];
  /** Read behind a command that takes fields out of a text (`spath input=properties.log`), so probably of that text. */
  readonly extracted: readonly string[];
  /** The result shows whole events, so every field there is. */
  readonly everything: boolean;
}

export interface Windows {
  readonly cron: string;
  readonly earliest: string;
  readonly latest: string;
  /** Seconds between two windows that none covers; 0: none. */
  readonly longestGap: number;
  /** Seconds that two windows in a row both cover; 0: none. */
  readonly longestOverlap: number;
}

/**
 * blind: what the data is makes it impossible to find anything. absent: a field that the search requires is in none of
 * these events, but may be in others. empty: a field of the results has no value.
 */
export interface DataGap {
  readonly severity: 'blind' | 'absent' | 'empty';
  /** Null: every cluster; '': events that name no cluster. */
  readonly cluster: string | null;
  /** Null: it is not about a field. */
  readonly field: string | null;
  readonly reason: string;
}

export interface DataCheck {
  /** Events of the dataset and sourcetype that the search names. */
  readonly events: number;
  /** Events that its first search expression finds; null where that could not be counted. */
  readonly matching: number | null;
  /** Where nothing matches: the terms of the first search that no event satisfies even alone, as SPL. */
  readonly unmet: readonly string[];
  /** No cluster's events can feed it. */
  readonly blind: boolean;
  readonly gaps: readonly DataGap[];
  readonly strict: StrictDifference;
}

/** How --strict-splunk changes the result over all time of the data. */
export type StrictDifference =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly rows: number; readonly strictRows: number }
  /** Why it could not be compared. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface SearchCheck {
  readonly name: string;
  /** Name of its view in the schema `detection`. */
  readonly view: string;
  readonly file: string;
  readonly type: string;
  readonly status: string | null;
  readonly compiles: boolean;
  readonly refusals: readonly SearchMessage[];
  readonly warnings: readonly SearchMessage[];
  readonly commands: readonly string[];
  readonly reads: readonly Reading[];
  /** `$tokens$` that a person must fill in. */
  readonly inputs: readonly string[];
  readonly usesIpLocation: boolean;
  readonly suspicions: readonly Suspicion[];
  /** Null: it runs on no schedule. */
  readonly windows: Windows | null;
  /** Null: no data was given, or the search does not compile. */
  readonly data: DataCheck | null;
}

export interface Totals {
  readonly searches: number;
  readonly compile: number;
  readonly refused: number;
  /** Searches with at least one suspicion. */
  readonly suspicious: number;
  /** Searches that cannot fire on the data; null without data. */
  readonly blind: number | null;
  /** Searches for which --strict-splunk gives another result; null without data. */
  readonly strictDiffers: number | null;
}

export interface Report {
  readonly searches: readonly SearchCheck[];
  readonly totals: Totals;
  readonly folders: readonly (Totals & { readonly folder: string })[];
  /** How often each reason refused a search, most first. */
  readonly refusals: readonly { readonly reason: string; readonly searches: number }[];
  readonly problems: readonly ContentProblem[];
  readonly notes: readonly ContentProblem[];
}
