/** What an expression of eval or where may come to. A text written in the search is kept apart: it never is a number. */
import { type FieldValue, membersOf, numberIn, textOfNumber } from './field-value.ts';
import { refuse } from './refusal.ts';

export interface Literal {
  readonly literal: string;
}

/** What a JSON function made: within other JSON it stands as it is. */
export interface JsonText {
  readonly json: string;
  readonly text: string;
}

export type EvalValue = FieldValue | boolean | Literal | JsonText;

export function isLiteral(value: EvalValue): value is Literal {
  return typeof value === 'object' && value !== null && 'literal' in value;
}

export function isJsonText(value: EvalValue): value is JsonText {
  return typeof value === 'object' && value !== null && 'json' in value;
}

/** What a field holds after the value was assigned to it. */
export function toField(value: EvalValue): FieldValue {
  if (typeof value === 'boolean') return refuse('a truth value as the value of a field');
  if (isJsonText(value)) return value.text;
  return isLiteral(value) ? value.literal : value;
}

export function toMembers(value: EvalValue): readonly string[] {
  return membersOf(toField(value));
}

/** A single number; undefined for text, several values and nothing. */
export function toNumber(value: EvalValue): number | undefined {
  if (typeof value === 'number') return value;
  if (isJsonText(value)) return numberIn(value.text);
  return typeof value === 'string' ? numberIn(value) : undefined;
}

/** A single text. */
export function toText(value: EvalValue): string | undefined {
  if (typeof value === 'number') return textOfNumber(value);
  if (isLiteral(value)) return value.literal;
  if (isJsonText(value)) return value.text;
  return typeof value === 'string' ? value : undefined;
}

export function toTruth(value: EvalValue): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  return refuse('a value as a condition');
}

/** One member each, so that they can be compared. */
export function toComparable(value: EvalValue): readonly (string | number | Literal)[] {
  if (value === undefined) return [];
  if (typeof value === 'boolean') return refuse('comparing truth values');
  if (isJsonText(value)) return [value.text];
  return typeof value === 'object' && !isLiteral(value) ? value : [value];
}
