/** One row on its way through the pipe: fields that commands set, over the fields of the event that it began as. */
import type { FieldValue } from './field-value.ts';

/** Where a row's own fields come from. */
export interface FieldSource {
  get(name: string): FieldValue;
  names(): ReadonlySet<string>;
}

const NOTHING: FieldSource = { get: () => undefined, names: () => new Set() };

export class Row {
  readonly #source: FieldSource;
  readonly #own: Map<string, FieldValue>;

  constructor(source: FieldSource = NOTHING, own: ReadonlyMap<string, FieldValue> = new Map()) {
    this.#source = source;
    this.#own = new Map(own);
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

  with(fields: Iterable<readonly [string, FieldValue]>): Row {
    return new Row(this.#source, new Map([...this.#own, ...fields]));
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
}

export interface Location {
  readonly City?: string | null;
  readonly Country?: string | null;
  readonly Region?: string | null;
  readonly lat?: number | null;
  readonly lon?: number | null;
}
