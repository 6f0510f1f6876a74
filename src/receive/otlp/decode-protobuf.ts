/**
 * ExportLogsServiceRequest, protobuf: bytes to log records.
 *
 * Field numbers: opentelemetry-proto, logs/v1/logs.proto and common/v1/common.proto. The wire format is protobufjs',
 * the mapping is ours: one pass, no intermediate message objects.
 *
 * - Unknown fields are skipped; a known field of the wrong wire type, or a length that runs past its message, makes
 *   the whole request bad data.
 * - A value nested too deep rejects its own log record only.
 * - Text that is not UTF-8 is kept, never refused: senders such as the Collector's filelog with `utf-8-raw` pass on
 *   what is in the file, and refusing would let one odd line cost a batch. A string AnyValue becomes its bytes,
 *   exactly as sent; keys and other plain strings get U+FFFD. Both are counted.
 * - A repeated singular field: the last one wins, except that resource attributes are merged.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import protobuf from 'protobufjs/minimal.js';
import type { AnyValue, AttributeMap, LogRecord, ResourceLogs } from '../../component.ts';
import { BadDataError } from '../bad-data-error.ts';
import { AsciiRecord } from './ascii-record.ts';
import { type DecodedRequest, type DecodeLimits, FindingCounter, RecordError } from './decoded-request.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

// The field numbers that each message below reads, one bit each.
const FIELD_1 = 1 << 1;
const FIELD_2 = 1 << 2;
const FIELD_1_AND_2 = FIELD_1 | FIELD_2;
const ANY_VALUE = 0b1111_1110;
const LOG_RECORD = 0b1_1111_1110_1110;

/** The tag of LogRecord.body. */
const BODY = (5 << 3) | LENGTH_DELIMITED;

/** The tag of AnyValue.string_value. */
const STRING_VALUE = (1 << 3) | LENGTH_DELIMITED;

const OPEN_OBJECT = 0x7b;

/** The tag of LogRecord.attributes. */
const ATTRIBUTES = (6 << 3) | LENGTH_DELIMITED;

const emptyMap: AttributeMap = Object.freeze(Object.create(null));

/** Throws BadDataError where the bytes are not an ExportLogsServiceRequest. */
export function decodeProtobuf(bytes: Buffer, limits: DecodeLimits): DecodedRequest {
  return new ProtobufDecoder(bytes, limits).decode();
}

class ProtobufDecoder {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** `len` is moved to the end of the message being read, so that every read is checked against it. */
  readonly #reader: protobuf.Reader;
  readonly #maxDepth: number;
  readonly #rejected = new FindingCounter();
  readonly #invalidUtf8 = new FindingCounter();
  #resourceIndex = -1;
  #scopeIndex = -1;
  #recordIndex = -1;
  #field = '';
  #logRecords = 0;
  /** Those of the last record that had some, and their fields as they were sent. */
  #lastAttributes: { readonly bytes: Buffer; readonly map: AttributeMap } = { bytes: Buffer.alloc(0), map: emptyMap };

  constructor(bytes: Buffer, limits: DecodeLimits) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#reader = protobuf.Reader.create(bytes);
    this.#maxDepth = limits.maxNestingDepth;
  }

  decode(): DecodedRequest {
    const resourceLogs: ResourceLogs[] = [];
    const reader = this.#reader;
    try {
      while (reader.pos < reader.len) {
        const tag = reader.tag();
        if (tag === ((1 << 3) | LENGTH_DELIMITED)) {
          this.#resourceIndex += 1;
          resourceLogs.push(this.#readResourceLogs());
        } else {
          this.#skip(tag, FIELD_1);
        }
      }
    } catch (error: unknown) {
      throw this.#badData(error);
    }
    return {
      resourceLogs,
      logRecords: this.#logRecords,
      rejected: this.#rejected,
      invalidUtf8: this.#invalidUtf8,
    };
  }

  #readResourceLogs(): ResourceLogs {
    const reader = this.#reader;
    const outerEnd = this.#enter();
    let resourceAttributes = emptyMap;
    const logRecords: LogRecord[] = [];
    this.#scopeIndex = -1;
    this.#recordIndex = -1;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | LENGTH_DELIMITED:
          this.#field = 'resource';
          resourceAttributes = this.#readResource(resourceAttributes);
          break;
        case (2 << 3) | LENGTH_DELIMITED:
          this.#scopeIndex += 1;
          this.#readScopeLogs(logRecords);
          break;
        default:
          this.#skip(tag, FIELD_1_AND_2);
      }
    }
    reader.len = outerEnd;
    return { resourceAttributes, logRecords };
  }

  #readResource(before: AttributeMap): AttributeMap {
    const reader = this.#reader;
    const outerEnd = this.#enter();
    let attributes = before;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) attributes = this.#readKeyValueInto(attributes, 0);
      else this.#skip(tag, FIELD_1);
    }
    reader.len = outerEnd;
    return attributes;
  }

  #readScopeLogs(logRecords: LogRecord[]): void {
    const reader = this.#reader;
    const outerEnd = this.#enter();
    this.#recordIndex = -1;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((2 << 3) | LENGTH_DELIMITED)) {
        this.#recordIndex += 1;
        const scopeEnd = this.#enter();
        const recordEnd = reader.len;
        try {
          logRecords.push(this.#readLogRecord());
          this.#logRecords += 1;
        } catch (error: unknown) {
          if (!(error instanceof RecordError)) throw error;
          this.#rejected.add(error.field, error.description);
          reader.pos = recordEnd;
        }
        reader.len = scopeEnd;
      } else {
        this.#skip(tag, FIELD_2);
      }
    }
    this.#recordIndex = -1;
    reader.len = outerEnd;
  }

  #readLogRecord(): LogRecord {
    const reader = this.#reader;
    let timeUnixNano = 0n;
    let observedTimeUnixNano = 0n;
    let severityNumber = 0;
    let severityText = '';
    let body: AnyValue = null;
    let asciiBody: Buffer | undefined;
    let attributes = emptyMap;
    let eventName = '';
    while (reader.pos < reader.len) {
      const start = reader.pos;
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | FIXED64:
          timeUnixNano = this.#readFixed64();
          break;
        case (2 << 3) | VARINT:
          severityNumber = reader.int32();
          break;
        case (3 << 3) | LENGTH_DELIMITED:
          this.#field = 'severityText';
          severityText = this.#readString();
          break;
        case BODY:
          this.#field = 'body';
          asciiBody = this.#readAsciiObject();
          body = asciiBody === undefined ? this.#readAnyValue(0) : null;
          break;
        case ATTRIBUTES:
          this.#field = 'attributes';
          attributes = this.#readAttributes(attributes, start);
          break;
        case (11 << 3) | FIXED64:
          observedTimeUnixNano = this.#readFixed64();
          break;
        case (12 << 3) | LENGTH_DELIMITED:
          this.#field = 'eventName';
          eventName = this.#readString();
          break;
        case (7 << 3) | VARINT: // dropped_attributes_count
          reader.skip();
          break;
        case (8 << 3) | FIXED32: // flags
          reader.skip(4);
          break;
        case (9 << 3) | LENGTH_DELIMITED: // trace_id
        case (10 << 3) | LENGTH_DELIMITED: // span_id
          reader.skip(reader.size());
          break;
        default:
          this.#skip(tag, LOG_RECORD);
      }
    }
    const record = { timeUnixNano, observedTimeUnixNano, severityNumber, severityText, attributes, eventName };
    return asciiBody === undefined ? { ...record, body } : new AsciiRecord(record, asciiBody);
  }

  /** A body that is text of a JSON object and ASCII, read no further; undefined, and nothing read, for every other body. */
  #readAsciiObject(): Buffer | undefined {
    const reader = this.#reader;
    const { pos: start } = reader;
    const size = reader.size();
    const end = reader.pos + size;
    const isText = end <= reader.len && this.#bytes[reader.pos++] === STRING_VALUE;
    const textSize = isText ? reader.size() : 0;
    if (isText && reader.pos + textSize === end && this.#bytes[reader.pos] === OPEN_OBJECT) {
      const text = this.#bytes.subarray(reader.pos, end);
      if (isAscii(text)) {
        reader.pos = end;
        return text;
      }
    }
    reader.pos = start;
    return undefined;
  }

  /**
   * The fields from `start` on, whose tag has been read, up to the last attribute that follows without another between.
   * Records of one sender mostly repeat the attributes of the one before, byte for byte: they share its map.
   */
  #readAttributes(before: AttributeMap, start: number): AttributeMap {
    const reader = this.#reader;
    const { bytes, map } = this.#lastAttributes;
    if (before === emptyMap && bytes.length > 0 && start + bytes.length <= reader.len) {
      if (this.#bytes.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0) {
        reader.pos = start + bytes.length;
        return map;
      }
    }
    const invalidUtf8 = this.#invalidUtf8.count;
    let attributes = before === map ? Object.assign(Object.create(null), map) : before;
    attributes = this.#readKeyValueInto(attributes, 0);
    while (reader.pos < reader.len && this.#bytes[reader.pos] === ATTRIBUTES) {
      reader.pos += 1;
      attributes = this.#readKeyValueInto(attributes, 0);
    }
    if (before === emptyMap && this.#invalidUtf8.count === invalidUtf8) {
      this.#lastAttributes = { bytes: this.#bytes.subarray(start, reader.pos), map: attributes };
    }
    return attributes;
  }

  /** Adds one KeyValue; replaces the shared empty map by a new one. */
  #readKeyValueInto(target: AttributeMap, depth: number): AttributeMap {
    const reader = this.#reader;
    const outerEnd = this.#enter();
    let key = '';
    let value: AnyValue = null;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) key = this.#readString();
      else if (tag === ((2 << 3) | LENGTH_DELIMITED)) value = this.#readAnyValue(depth);
      else this.#skip(tag, FIELD_1_AND_2);
    }
    reader.len = outerEnd;
    const map: Record<string, AnyValue> = target === emptyMap ? Object.create(null) : target;
    map[key] = value;
    return map;
  }

  #readAnyValue(depth: number): AnyValue {
    const reader = this.#reader;
    const outerEnd = this.#enter();
    let value: AnyValue = null;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | LENGTH_DELIMITED:
          value = this.#readStringValue();
          break;
        case (2 << 3) | VARINT:
          value = reader.bool();
          break;
        case (3 << 3) | VARINT:
          value = this.#readInt64();
          break;
        case (4 << 3) | FIXED64:
          value = reader.double();
          break;
        case (5 << 3) | LENGTH_DELIMITED:
          value = this.#readArrayValue(depth + 1);
          break;
        case (6 << 3) | LENGTH_DELIMITED:
          value = this.#readKeyValueList(depth + 1);
          break;
        case (7 << 3) | LENGTH_DELIMITED:
          value = this.#readBytes();
          break;
        default:
          this.#skip(tag, ANY_VALUE);
      }
    }
    reader.len = outerEnd;
    return value;
  }

  #readArrayValue(depth: number): readonly AnyValue[] {
    this.#checkDepth(depth);
    const reader = this.#reader;
    const outerEnd = this.#enter();
    const values: AnyValue[] = [];
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) values.push(this.#readAnyValue(depth));
      else this.#skip(tag, FIELD_1);
    }
    reader.len = outerEnd;
    return values;
  }

  #readKeyValueList(depth: number): AttributeMap {
    this.#checkDepth(depth);
    const reader = this.#reader;
    const outerEnd = this.#enter();
    let map = emptyMap;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) map = this.#readKeyValueInto(map, depth);
      else this.#skip(tag, FIELD_1);
    }
    reader.len = outerEnd;
    return map;
  }

  #checkDepth(depth: number): void {
    if (depth > this.#maxDepth) {
      throw new RecordError(this.#fieldPath(), `expected at most ${this.#maxDepth} levels of nesting, found more.`);
    }
  }

  /** Reads a length, narrows the reader to the message that follows; returns the end to restore. */
  #enter(): number {
    const reader = this.#reader;
    const size = reader.size();
    const outerEnd = reader.len;
    const end = reader.pos + size;
    if (end > outerEnd) {
      throw new BadDataError(
        this.#messagePath(),
        `expected ${size} bytes at offset ${reader.pos}, found ${outerEnd - reader.pos}.`,
      );
    }
    reader.len = end;
    return outerEnd;
  }

  #readBytes(): Uint8Array {
    const end = this.#enter();
    const { pos, len } = this.#reader;
    this.#reader.pos = len;
    this.#reader.len = end;
    return this.#bytes.subarray(pos, len);
  }

  #readString(): string {
    const start = this.#reader.pos;
    const text = this.#reader.string();
    if (text.includes('\uFFFD')) this.#noteInvalidUtf8(start);
    return text;
  }

  #readStringValue(): string | Uint8Array {
    const start = this.#reader.pos;
    const text = this.#reader.string();
    if (!text.includes('\uFFFD')) return text;
    return this.#noteInvalidUtf8(start) ?? text;
  }

  /** U+FFFD may have been sent as such: only the bytes tell. Returns them where they are not UTF-8. */
  #noteInvalidUtf8(start: number): Uint8Array | undefined {
    this.#reader.pos = start;
    const bytes = this.#readBytes();
    if (isUtf8(bytes)) return undefined;
    this.#invalidUtf8.add(this.#fieldPath(), 'expected UTF-8 text, found other bytes; kept.');
    return bytes;
  }

  #readFixed64(): bigint {
    const reader = this.#reader;
    const start = reader.pos;
    reader.skip(8);
    return this.#view.getBigUint64(start, true);
  }

  #readInt64(): number | bigint {
    const { low, high } = this.#reader.int64();
    if ((high === 0 && low >= 0) || (high === -1 && low < 0)) return low;
    const value = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** Skips an unknown field. A field of `known` (one bit per field number) gets here only by its wire type. */
  #skip(tag: number, known: number): void {
    const field = tag >>> 3;
    if (field < 32 && (known & (1 << field)) !== 0) {
      throw new BadDataError(
        this.#messagePath(),
        `expected its own wire type for field ${field}, found ${tag & 7}; this is not an ExportLogsServiceRequest.`,
      );
    }
    this.#reader.skipType(tag & 7, 0, field);
  }

  #messagePath(): string {
    let path = 'ExportLogsServiceRequest';
    if (this.#resourceIndex >= 0) path = `resourceLogs[${this.#resourceIndex}]`;
    if (this.#scopeIndex >= 0) path += `.scopeLogs[${this.#scopeIndex}]`;
    if (this.#recordIndex >= 0) path += `.logRecords[${this.#recordIndex}]`;
    return path;
  }

  #fieldPath(): string {
    return `${this.#messagePath()}.${this.#field}`;
  }

  #badData(error: unknown): unknown {
    if (error instanceof RecordError) return new BadDataError(error.field, error.description);
    // protobufjs reports malformed input with these two classes; anything else is a bug of ours.
    const isMalformed = error instanceof Error && (error.constructor === Error || error.constructor === RangeError);
    if (!isMalformed) return error;
    return new BadDataError(
      this.#messagePath(),
      `expected protobuf at offset ${this.#reader.pos} of ${this.#bytes.length}, found: ${error.message}.`,
      { cause: error },
    );
  }
}
