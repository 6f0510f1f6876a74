/** One event outside the database, and what a field's name means in it: as the catalogue says it for tables. */
import { mayBePair, type RowReading } from '../catalogue.ts';
import type { SplLimits } from '../limits.ts';
import type { Span } from '../source.ts';
import { JsonDocument, jsonField } from './json-field.ts';
import { pairAt } from './text-pairs.ts';

/** A row as it is about to be stored. */
export interface EventRow {
  readonly table: 'kube_audit' | 'logs';
  /** By the names of the table's columns: texts, whole numbers, lists of texts, structs, maps; null where absent. */
  readonly columns: Readonly<Record<string, unknown>>;
}

/** Undefined where the event does not have the field; several values are never an empty list. */
export type FieldValues = string | readonly string[] | undefined;

export type FieldReader = (event: ReadEvent) => FieldValues;

/** An event while it is being judged: its documents are parsed at most once. */
export class ReadEvent {
  readonly columns: EventRow['columns'];
  /** A document that begins as an object and cannot be read was asked for a field: nobody knows what it holds. */
  isUnsure = false;
  readonly #documents = new Map<string, JsonDocument>();

  constructor(row: EventRow) {
    this.columns = row.columns;
  }

  document(column: 'event' | '_raw' | 'attributes' | 'resource'): unknown {
    const known = this.#documents.get(column);
    const document = known ?? new JsonDocument(textOf(this.columns[column]) ?? null);
    if (known === undefined) this.#documents.set(column, document);
    if (document.isBroken) this.isUnsure = true;
    return document.value;
  }
}

/** A reader of the field `name` in the rows that `reading` describes. Throws SplError where the name cannot be one. */
export function fieldReader(name: string, span: Span, reading: RowReading, limits: SplLimits): FieldReader {
  const real = reading.aliases.get(name) ?? name;
  if (reading.typed.has(real)) return columnReader(real === 'body' ? '_raw' : real);
  const annotation = reading.annotations ? /^annotations\.([^{}]+)$/.exec(real)?.[1] : undefined;
  if (annotation !== undefined) return (event) => textOf(memberOf(event.columns.annotations, annotation));
  const known = reading.knownKeys(real);
  const field = jsonField(real, span, limits, known);
  const own: FieldReader = (event) => {
    const isEnvelope = reading.document === 'event' && typeof event.columns.event === 'string';
    return field(event.document(isEnvelope ? 'event' : '_raw'));
  };
  if (!reading.attributes || known !== undefined) return own;
  const pair = reading.pairs && mayBePair(real) ? pairReader(real) : () => undefined;
  return (event) =>
    own(event) ?? pair(event) ?? field(event.document('attributes')) ?? field(event.document('resource'));
}

/** Whether the row belongs to the dataset; its table is known to. */
export function isFrom(row: EventRow, { origin }: RowReading): boolean {
  if (origin === undefined || row.columns.cloud === origin.cloud) return true;
  return textOf(row.columns.sourcetype)?.toLowerCase() === origin.sourcetype;
}

function pairReader(name: string): FieldReader {
  return (event) => {
    const line = textOf(event.columns._raw);
    return line === undefined ? undefined : pairAt(line, name);
  };
}

function columnReader(path: string): FieldReader {
  const [column = '', member] = path.replace('{}', '').split('.');
  if (member === undefined) return (event) => valuesOf(event.columns[column]);
  return (event) => valuesOf(memberOf(event.columns[column], member));
}

function memberOf(structure: unknown, name: string): unknown {
  const isThere = typeof structure === 'object' && structure !== null && Object.hasOwn(structure, name);
  return isThere ? (structure as Readonly<Record<string, unknown>>)[name] : undefined;
}

function valuesOf(value: unknown): FieldValues {
  if (!Array.isArray(value)) return textOf(value);
  return value.length === 0 ? undefined : (value as readonly string[]);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}
