/**
 * AnyValue to JSON text.
 *
 * Iterative, because a map body may be nested as deeply as its sender likes and JSON.stringify recurses.
 * What JSON has no word for is written as OTLP's own JSON encoding does: bytes as base64, NaN and the
 * infinities as strings. Lone surrogates become U+FFFD, since DuckDB refuses JSON that holds them.
 */
import type { AnyValue, AttributeMap } from '../component.ts';

interface Frame {
  readonly keys: readonly string[] | null;
  readonly container: readonly AnyValue[] | AttributeMap;
  readonly length: number;
  next: number;
}

/** JSON text of a value; object keys in the order received, or by UTF-16 code unit where `sorted`. */
export function printJson(value: AnyValue, sorted = false): string {
  if (!isContainer(value)) return printScalar(value);
  const stack: Frame[] = [];
  let text = open(stack, value, sorted);
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.next === frame.length) {
      text += frame.keys === null ? ']' : '}';
      stack.pop();
      continue;
    }
    const index = frame.next++;
    if (index > 0) text += ',';
    let child: AnyValue | undefined;
    if (frame.keys === null) {
      child = (frame.container as readonly AnyValue[])[index];
    } else {
      const key = frame.keys[index] ?? '';
      child = (frame.container as AttributeMap)[key];
      text += `${printText(key)}:`;
    }
    text += isContainer(child) ? open(stack, child, sorted) : printScalar(child);
  }
  return text;
}

function isContainer(value: AnyValue | undefined): value is readonly AnyValue[] | AttributeMap {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function open(stack: Frame[], container: readonly AnyValue[] | AttributeMap, sorted: boolean): string {
  if (Array.isArray(container)) {
    stack.push({ keys: null, container, length: container.length, next: 0 });
    return '[';
  }
  const keys = Object.keys(container);
  if (sorted) keys.sort();
  stack.push({ keys, container, length: keys.length, next: 0 });
  return '{';
}

function printScalar(value: AnyValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return printText(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return value instanceof Uint8Array ? `"${Buffer.from(value).toString('base64')}"` : 'null';
  }
}

function printText(value: string): string {
  return JSON.stringify(value.toWellFormed());
}
