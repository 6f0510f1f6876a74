/**
 * Base64, and gzip inside of it, back to text: how clouds pack log records into messages. Bounded, since a record of a
 * few kilobytes could otherwise unpack to gigabytes.
 */
import { gunzipSync } from 'node:zlib';
import type { JsonProblem } from './json-text.ts';

/** Bytes that one payload may unpack to. CloudWatch's largest come to about 10 MiB. */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;
/** Bytes that all payloads of one batch together may unpack to. */
const MAX_BATCH_BYTES = 128 * 1024 * 1024;

export type Unpacked = { readonly text: string } | { readonly problem: Pick<JsonProblem, 'expected' | 'found'> };

/** Unpacks the payloads of one batch. */
export class Unpacker {
  #left = MAX_BATCH_BYTES;

  /** What a packed text stands for; bytes that are not UTF-8 become U+FFFD. Never throws. */
  unpack(packed: string): Unpacked {
    if (packed === '' || packed.length % 4 === 1 || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(packed)) {
      return { problem: { expected: 'base64', found: JSON.stringify(packed.slice(0, 24)) } };
    }
    const bytes = Buffer.from(packed, 'base64');
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { text: bytes.toString() };
    const maxOutputLength = Math.min(MAX_PAYLOAD_BYTES, this.#left);
    try {
      if (maxOutputLength === 0) throw new RangeError('no room is left for what the batch unpacks to');
      const unzipped = gunzipSync(bytes, { maxOutputLength });
      this.#left -= unzipped.length;
      return { text: unzipped.toString() };
    } catch (error: unknown) {
      const found = error instanceof Error ? error.message : String(error);
      return { problem: { expected: `gzip of at most ${maxOutputLength} bytes`, found } };
    }
  }
}
