/**
 * What a field may hold: nothing, a text, a number that SPL computed, or several texts. One value is never a list, so that
 * `a{}` with one member and a plain field are the same thing, as they are in SPL.
 */
export type FieldValue = undefined | string | number | readonly string[];

// Blanks around it are those of RE2.
const NUMBER = /^[\t\n\f\r ]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[\t\n\f\r ]*$/;

export function membersOf(value: FieldValue): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'number') return [textOfNumber(value)];
  return typeof value === 'string' ? [value] : value;
}

export function fromMembers(members: readonly string[]): FieldValue {
  return members.length > 1 ? members : members[0];
}

export function textOfNumber(value: number): string {
  if (Object.is(value, -0)) return '0';
  const size = Math.abs(value);
  const written = size >= 1e17 || (size > 0 && size < 1e-4) ? value.toExponential() : String(value);
  return written.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** The number that a text spells; undefined for all other text, `nan` and `inf` too. */
export function numberIn(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** By byte of UTF-8, which is by code point. */
export function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** A result that is no number at all is no value. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
