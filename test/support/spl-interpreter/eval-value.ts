/** What an expression of eval or where may come to. A text written in the search is kept apart: it never is a number. */
import { type FieldValue, membersOf, numberIn, textOfNumber } from './field-value.ts';
import { refuse } from './refusal.ts';

export interface Literal {
  readonly literal: string;
}

export type EvalValue = FieldValue | boolean | Literal;

export function isLiteral(value: EvalValue): value is Literal {
  return typeof value === 'object' && value !== null && 'literal' in value;
}

/** What a field holds after the value was assigned to it. */
export function toField(value: EvalValue): FieldValue {
  if (typeof value === 'boolean') return refuse('a truth value as the value of a field');
  return isLiteral(value) ? value.literal : value;
}

export function toMembers(value: EvalValue): readonly string[] {
  return membersOf(toField(value));
}

/** A single number; undefined for text, several values and nothing. */
export function toNumber(value: EvalValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? numberIn(value) : undefined;
}

/** A single text. */
export function toText(value: EvalValue): string | undefined {
  if (typeof value === 'number') return textOfNumber(value);
  if (isLiteral(value)) return value.literal;
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
  return typeof value === 'object' && !isLiteral(value) ? value : [value];
}
