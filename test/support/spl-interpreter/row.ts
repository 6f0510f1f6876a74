/** One row on its way through the pipe: fields that commands set, over the fields of the event that it began as. */
import type { FieldValue } from './field-value.ts';
import type { StoredLookup } from './lookup.ts';

/** Where a row's own fields come from. */
export interface FieldSource {
  get(name: string): FieldValue;
  names(): ReadonlySet<string>;
}

const NOTHING: FieldSource = { get: () => undefined, names: () => new Set() };

export class Row {
  readonly #source: FieldSource;
  readonly #own: Map<string, FieldValue>;
  /** Of an event its time and its place in the order of arrival. */
  readonly arrival: readonly [number, number] | undefined;

  constructor(
    source: FieldSource = NOTHING,
    own: ReadonlyMap<string, FieldValue> = new Map(),
    arrival?: readonly [number, number],
  ) {
    this.#source = source;
    this.#own = new Map(own);
    this.arrival = arrival;
  }

  static of(fields: Iterable<readonly [string, FieldValue]>): Row {
    return new Row(NOTHING, new Map(fields));
  }

  get(name: string): FieldValue {
    return this.#own.has(name) ? this.#own.get(name) : this.#source.get(name);
  }

  /** Names of the fields that have a value. */
  names(): readonly string[] {
    const names = new Set([...this.#source.names(), ...this.#own.keys()]);
    return [...names].filter((name) => this.get(name) !== undefined);
  }

  /** The same row with these fields alone. */
  keeping(names: Iterable<string>): Row {
    return new Row(NOTHING, new Map([...names].map((name) => [name, this.get(name)])), this.arrival);
  }

  with(fields: Iterable<readonly [string, FieldValue]>): Row {
    return new Row(this.#source, new Map([...this.#own, ...fields]), this.arrival);
  }
}

/** Rows in their order, and what else one must know of them. */
export interface Table {
  readonly rows: readonly Row[];
  /** Fields that count as existing though no row may have a value: a dataset's typed columns, unless strict. */
  readonly existing: ReadonlySet<string>;
}

export interface Settings {
  /** The session's window, half-open, epoch seconds. */
  readonly earliest?: number;
  readonly latest?: number;
  /** Epoch seconds. */
  readonly now: number;
  readonly geo: Readonly<Record<string, Location>>;
  readonly strict: boolean;
  /** By name. */
  readonly lookups: Readonly<Record<string, StoredLookup>>;
}

export interface Location {
  readonly City?: string | null;
  readonly Country?: string | null;
  readonly Region?: string | null;
  readonly lat?: number | null;
  readonly lon?: number | null;
}
