/** Damage to bytes, as broken senders, networks and attackers do it. */
import { gzipSync } from 'node:zlib';
import type { Dice } from './dice.ts';

const INTRUDERS = [
  Buffer.alloc(11, 0xff), // a varint that does not end
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
  Buffer.from([0x0b]),
  Buffer.from([0xc0, 0x80]),
  ...['[[', '"', '1e999', '\\', '{', '}{'].map((text) => Buffer.from(text)),
];

/** Damaged in one of six ways, or in none. */
export function damage(dice: Dice, bytes: Buffer): Buffer {
  const at = dice.below(bytes.length + 1);
  const copy = Buffer.from(bytes);
  switch (dice.below(9)) {
    case 0:
      if (at < copy.length) copy[at] = dice.below(256);
      return copy;
    case 1:
      if (at < copy.length) copy[at]! ^= 1 << dice.below(8);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3: // a piece twice
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - dice.below(30)))]);
    case 4: // a piece missing
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + dice.below(10))]);
    case 5:
      return Buffer.concat([copy.subarray(0, at), dice.pick(INTRUDERS), copy.subarray(at)]);
    default:
      return copy;
  }
}

const bombs = new Map<number, Buffer>();

/** Gzip of four times as many blanks as may come. */
export function bomb(limitBytes: number): Buffer {
  const made = bombs.get(limitBytes) ?? gzipSync(Buffer.alloc(limitBytes * 4, 0x20));
  bombs.set(limitBytes, made);
  return made;
}

export interface Prepared {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** A text as the body of an HTTP request: damaged before or behind its compression, too large, wrongly labelled. */
export function prepareBody(dice: Dice, text: string | Buffer, limitBytes: number): Prepared {
  let body = damage(dice, Buffer.from(text));
  const headers: Record<string, string> = {};
  if (dice.below(4) === 0) {
    headers['content-encoding'] = 'gzip';
    body = dice.below(10) === 0 ? bomb(limitBytes) : gzipSync(body);
    if (dice.below(3) === 0) body = damage(dice, body);
  }
  if (dice.below(50) === 0) headers['content-encoding'] = dice.pick(['br', 'gzip, gzip', 'x'.repeat(500)]);
  if (dice.below(100) === 0) body = Buffer.alloc(limitBytes + 1, 0x7b);
  return { headers, body };
}
