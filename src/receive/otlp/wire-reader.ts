/**
 * Protobuf's wire format, as protobufjs reads it, with what every message of a request needs beside it: a bound, and what
 * becomes of unknown fields, of text that is not UTF-8 and of large numbers.
 */
import { isUtf8 } from 'node:buffer';
import protobuf from 'protobufjs/minimal.js';
import { BadDataError } from '../bad-data-error.ts';
import { FindingCounter } from './decoded-request.ts';
import { RequestPlace } from './request-place.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

export class WireReader {
  readonly bytes: Buffer;
  /** `len` is moved to the end of the message being read, so that every read is checked against it. */
  readonly reader: protobuf.Reader;
  readonly place = new RequestPlace();
  readonly invalidUtf8 = new FindingCounter();
  readonly #view: DataView;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.reader = protobuf.Reader.create(bytes);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads a length, narrows the reader to the message that follows; returns the end to restore. */
  enter(): number {
    const reader = this.reader;
    const size = reader.size();
    const outerEnd = reader.len;
    const end = reader.pos + size;
    if (end > outerEnd) {
      throw new BadDataError(
        this.place.message,
        `expected ${size} bytes at offset ${reader.pos}, found ${outerEnd - reader.pos}.`,
      );
    }
    reader.len = end;
    return outerEnd;
  }

  readBytes(): Uint8Array {
    const end = this.enter();
    const { pos, len } = this.reader;
    this.reader.pos = len;
    this.reader.len = end;
    return this.bytes.subarray(pos, len);
  }

  /** With U+FFFD in the place of bytes that are not UTF-8. */
  readString(): string {
    const start = this.reader.pos;
    const text = this.reader.string();
    if (text.includes('\uFFFD')) this.#noteInvalidUtf8(start);
    return text;
  }

  /** The bytes where they are not UTF-8. */
  readStringValue(): string | Uint8Array {
    const start = this.reader.pos;
    const text = this.reader.string();
    if (!text.includes('\uFFFD')) return text;
    return this.#noteInvalidUtf8(start) ?? text;
  }

  /** U+FFFD may have been sent as such: only the bytes tell. Returns them where they are not UTF-8. */
  #noteInvalidUtf8(start: number): Uint8Array | undefined {
    this.reader.pos = start;
    const bytes = this.readBytes();
    if (isUtf8(bytes)) return undefined;
    this.invalidUtf8.add(this.place.path, 'expected UTF-8 text, found other bytes; kept.');
    return bytes;
  }

  readFixed64(): bigint {
    const reader = this.reader;
    const start = reader.pos;
    reader.skip(8);
    return this.#view.getBigUint64(start, true);
  }

  /** A bigint beyond 2^53. */
  readInt64(): number | bigint {
    const { low, high } = this.reader.int64();
    if ((high === 0 && low >= 0) || (high === -1 && low < 0)) return low;
    const value = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** Skips an unknown field. A field of `known` (one bit per field number) gets here only by its wire type. */
  skip(tag: number, known: number): void {
    const field = tag >>> 3;
    if (field < 32 && (known & (1 << field)) !== 0) {
      throw new BadDataError(
        this.place.message,
        `expected its own wire type for field ${field}, found ${tag & 7}; this is not an ExportLogsServiceRequest.`,
      );
    }
    this.reader.skipType(tag & 7, 0, field);
  }
}
