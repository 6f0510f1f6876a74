import { describe, expect, it } from 'vitest';
import type { AnyValue } from '../../src/component.ts';
import { printJson } from '../../src/normalize/print-json.ts';

describe('printJson', () => {
  it('keeps the order of keys as received', () => {
    expect(printJson({ b: 1, a: { d: null, c: [true, 'x'] } })).toBe('{"b":1,"a":{"d":null,"c":[true,"x"]}}');
  });

  it('sorts keys at every level where asked to', () => {
    expect(printJson({ b: 1, a: { d: null, c: [{ z: 1, y: 2 }] } }, true)).toBe(
      '{"a":{"c":[{"y":2,"z":1}],"d":null},"b":1}',
    );
  });

  it('keeps integers beyond 2^53', () => {
    expect(printJson({ n: 9_223_372_036_854_775_807n })).toBe('{"n":9223372036854775807}');
  });

  it('writes what JSON has no word for as OTLP does: bytes as base64, NaN as text', () => {
    expect(printJson([new Uint8Array([0, 255, 16]), Number.NaN, Number.POSITIVE_INFINITY])).toBe(
      '["AP8Q","NaN","Infinity"]',
    );
  });

  it('replaces lone surrogates, in keys too, and keeps NUL', () => {
    expect(printJson({ 'a\ud800': 'b\udc00\0' })).toBe('{"a\ufffd":"b\ufffd\\u0000"}');
  });

  it('prints empty containers and scalars', () => {
    expect(printJson([{}, [], '', null])).toBe('[{},[],"",null]');
    expect(printJson('x')).toBe('"x"');
    expect(printJson(null)).toBe('null');
  });

  it('does not overflow the stack at 200,000 levels', () => {
    let value: AnyValue = [];
    for (let depth = 1; depth < 200_000; depth++) value = [value];
    expect(printJson(value)).toBe('['.repeat(200_000) + ']'.repeat(200_000));
  });
});
