/** JSON text to AnyValue: maps without a prototype, whole numbers beyond 2^53 exactly. */
import type { AnyValue, AttributeMap } from '../../component.ts';
import { parseJson } from './json-scanner.ts';

/** What int64 of the proto holds; larger numbers stay doubles. */
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Throws JsonSyntaxError. The text must not nest deeper than a few hundred levels: this recurses. */
export function parseAnyValue(text: string): AnyValue {
  // A reviver is called for every value, so it is used only where a number could need it.
  return toAnyValue(/\d{16}/.test(text) ? parseJson(text, keepInteger) : parseJson(text));
}

/** `context.source`, the number's own text, is not in TypeScript's library yet. */
function keepInteger(this: unknown, _key: string, value: unknown, ...rest: readonly unknown[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = (rest[0] as { readonly source?: string } | undefined)?.source;
  if (source === undefined || !/^-?\d{16,19}$/.test(source)) return value;
  const exact = BigInt(source);
  return exact >= MIN_INT64 && exact <= MAX_INT64 ? exact : value;
}

function toAnyValue(value: unknown): AnyValue {
  if (typeof value !== 'object' || value === null) return value as AnyValue;
  if (Array.isArray(value)) return (value as readonly unknown[]).map(toAnyValue);
  const map: Record<string, AnyValue> = Object.create(null) as Record<string, AnyValue>;
  for (const [key, member] of Object.entries(value)) map[key] = toAnyValue(member);
  return map as AttributeMap;
}
