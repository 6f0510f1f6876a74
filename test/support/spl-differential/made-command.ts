/** A random command with the fields that it leaves, and what makers of commands share. */
import type { Random } from './random.ts';
import type { Fields, Kind } from './random-fields.ts';

export interface Made {
  readonly text: string;
  readonly fields: Fields;
}

export type Maker = (random: Random, fields: Fields) => Made;

/** Commands behind which nobody knows what fields there are. */
export const FINDS_FIELDS = /^(?:spath (?!.*path=)|fromjson |(?:.*\| )?(?:extract|kv)\b)/;

export function named(fields: Fields, ...kinds: readonly Kind[]): readonly string[] {
  return [...fields.known].filter(([, kind]) => kinds.length === 0 || kinds.includes(kind)).map(([name]) => name);
}

export function adding(fields: Fields, made: readonly (readonly [string, Kind])[]): Fields {
  return { ...fields, known: new Map([...fields.known, ...made]) };
}

/** Rows from elsewhere behind or beside these: a field of both is whatever either is. */
export function merging(fields: Fields, others: ReadonlyMap<string, Kind>): Fields {
  const either = (one: Kind, other: Kind): Kind =>
    one === other ? one : one === 'many' || other === 'many' ? 'many' : 'one';
  return adding(
    fields,
    [...others].map(([name, kind]) => [name, either(fields.known.get(name) ?? kind, kind)]),
  );
}

/** A name in a command's arguments. */
export function quoted(name: string): string {
  return /[^\w.{}/:-]/.test(name) ? `"${name}"` : name;
}

export function listed(names: readonly string[]): string {
  return names.map(quoted).join(' ');
}

/** In place of a command that the fields do not allow. */
export function reverse(_: Random, fields: Fields): Made {
  return { text: 'reverse', fields };
}
