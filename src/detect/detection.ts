/** A detection as Pintail knows it, whichever file layout it was published in. Plain data; nothing here runs. */
import type { DetectionFacts, RiskRule } from '../risk/risk-rule.ts';
import type { LookupTable } from '../spl/index.ts';

/** Where a text begins in its file: 1-based line and column, and the blanks before each of its further lines. */
export interface TextOrigin {
  readonly line: number;
  readonly column: number;
  readonly indent: number;
}

/** When a detection runs and over what time: Splunk's own spelling. */
export interface Schedule {
  /** Five-field cron expression, e.g. `0 * * * *`. */
  readonly cron: string;
  /** Time modifiers, resolved at the scheduled minute: `-70m@m`, `-10m@m`. */
  readonly earliest: string;
  readonly latest: string;
}

/** What of a detection's results leaves Pintail. Everything is stored, whatever leaves. */
export interface Emission {
  readonly risk: boolean;
  readonly finding: boolean;
}

/** One file of recorded events that a test feeds in. */
export interface TestData {
  /** A path, made absolute; or a URL, which only its own project can fetch. */
  readonly data: string;
  readonly isLocal: boolean;
  readonly source: string | null;
  readonly sourcetype: string | null;
  readonly index: string | null;
  readonly host: string | null;
  readonly cluster: string | null;
}

/** A detection's own proof: these events in, these rows out. */
export interface DetectionTest {
  readonly name: string;
  readonly data: readonly TestData[];
  /** File with the expected rows (absolute); null: any row at all passes, as in ESCU. */
  readonly expected: string | null;
  /** Window of the test; null is unbounded. ISO times, epoch seconds, or modifiers counted from `now`. */
  readonly earliest: string | null;
  readonly latest: string | null;
  /** The search's own now; null: the newest event's time. */
  readonly now: string | null;
}

/** A key of the file that has no effect and is nearly the name of one that has. */
export interface DoubtfulKey {
  readonly key: string;
  /** A sentence with the near one. */
  readonly suggestion: string;
  /** 1-based line of the file. */
  readonly line: number;
}

/** One detection, ready to compile. */
export interface Detection extends DetectionFacts {
  readonly file: string;
  /** `production`, `experimental`, `deprecated`; null where the content names none. */
  readonly status: string | null;
  readonly date: string | null;
  readonly description: string;
  readonly search: string;
  readonly searchOrigin: TextOrigin;
  readonly schedule: Schedule;
  /** Null where the content gives none; then nothing is scored. */
  readonly riskRule: RiskRule | null;
  readonly emission: Emission;
  /** Follow Splunk to the letter; null: as the service is configured. */
  readonly strictSplunk: boolean | null;
  readonly tests: readonly DetectionTest[];
  readonly doubtfulKeys: readonly DoubtfulKey[];
}

/** A macro: text pasted into searches before they are parsed. */
export interface Macro {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly definition: string;
  readonly file: string;
}

/** A lookup: which table, and how its rows are matched (Splunk's transforms.conf and the lookups/ of a checkout). */
export interface LookupDefinition {
  readonly name: string;
  readonly file: string;
  /** 1-based line of the definition. */
  readonly line: number;
  /** A CSV file (absolute path), or a collection, which begins empty. */
  readonly source:
    | { readonly kind: 'csv'; readonly path: string }
    | { readonly kind: 'collection'; readonly name: string };
  /** Columns as `fields_list` names them; null: those of the CSV. */
  readonly fields: readonly string[] | null;
  /** Of the lookup's columns; those that are not named match exactly. */
  readonly matchTypes: readonly { readonly kind: 'wildcard' | 'cidr' | 'exact'; readonly field: string }[];
  readonly caseSensitive: boolean;
  readonly minMatches: number;
  readonly maxMatches: number;
  /** Written into the outputs where fewer than `minMatches` rows match; null: nothing. */
  readonly defaultMatch: string | null;
}

/** A lookup whose rows were read. */
export interface Lookup extends LookupTable {
  readonly definition: LookupDefinition;
  /** In the order of the file, cells in the order of the columns; null is an empty cell. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Changes with anything that decides what a search finds in it. */
  readonly hash: string;
}

/** A setting of props.conf that makes fields of events at search time. */
export interface FieldSetting {
  /** `kube:container:nginx`, `source::…`, `host::…`. */
  readonly stanza: string;
  readonly kind: 'alias' | 'eval' | 'extract' | 'report' | 'lookup';
  /** The key in full, e.g. `FIELDALIAS-src`. */
  readonly key: string;
  readonly text: string;
  /** Names of the fields it makes, where its text tells. */
  readonly makes: readonly string[];
  /** Settings of the same app's transforms.conf by stanza, which `report` names. */
  readonly transforms: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly file: string;
  readonly line: number;
}

/** Something in the content that disabled what it stands in; the rest was loaded. */
export interface ContentProblem {
  readonly file: string;
  /** 1-based; null where the whole file is meant. */
  readonly line: number | null;
  readonly message: string;
}
