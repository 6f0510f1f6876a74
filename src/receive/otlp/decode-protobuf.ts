/**
 * ExportLogsServiceRequest, protobuf: bytes to log records.
 *
 * Field numbers: opentelemetry-proto, logs/v1/logs.proto. The wire format is protobufjs', the mapping is ours: one
 * pass, no intermediate message objects.
 *
 * - Unknown fields are skipped; a known field of the wrong wire type, or a length that runs past its message, makes
 *   the whole request bad data.
 * - A value nested too deep rejects its own log record only.
 * - Text that is not UTF-8 is kept, never refused: senders such as the Collector's filelog with `utf-8-raw` pass on
 *   what is in the file, and refusing would let one odd line cost a batch. A string AnyValue becomes its bytes,
 *   exactly as sent; keys and other plain strings get U+FFFD. Both are counted.
 * - A repeated singular field: the last one wins, except that resource attributes are merged.
 */
import { isAscii } from 'node:buffer';
import type protobuf from 'protobufjs/minimal.js';
import type { AnyValue, AttributeMap, LogRecord, ResourceLogs } from '../../component.ts';
import { BadDataError } from '../bad-data-error.ts';
import { AnyValueReader, emptyMap } from './any-value-reader.ts';
import { AsciiRecord } from './ascii-record.ts';
import {
  type DecodedRequest,
  type DecodeLimits,
  FindingCounter,
  RecordError,
  tooManyRecords,
} from './decoded-request.ts';
import type { RequestPlace } from './request-place.ts';
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT, WireReader } from './wire-reader.ts';

// The field numbers that each message below reads, one bit each.
const FIELD_1 = 1 << 1;
const FIELD_2 = 1 << 2;
const LOG_RECORD = 0b1_1111_1110_1110;

/** The tag of LogRecord.body. */
const BODY = (5 << 3) | LENGTH_DELIMITED;

/** The tag of AnyValue.string_value. */
const STRING_VALUE = (1 << 3) | LENGTH_DELIMITED;

const OPEN_OBJECT = 0x7b;

/** The tag of LogRecord.attributes. */
const ATTRIBUTES = (6 << 3) | LENGTH_DELIMITED;

/** Throws BadDataError where the bytes are not an ExportLogsServiceRequest, RefusedError where it has too many records. */
export function decodeProtobuf(bytes: Buffer, limits: DecodeLimits): DecodedRequest {
  return new ProtobufDecoder(bytes, limits).decode();
}

class ProtobufDecoder {
  readonly #wire: WireReader;
  readonly #reader: protobuf.Reader;
  readonly #values: AnyValueReader;
  readonly #place: RequestPlace;
  readonly #limits: DecodeLimits;
  readonly #rejected = new FindingCounter();
  #logRecords = 0;
  /** Those of the last record that had some, and their fields as they were sent. */
  #lastAttributes: { readonly bytes: Buffer; readonly map: AttributeMap } = { bytes: Buffer.alloc(0), map: emptyMap };

  constructor(bytes: Buffer, limits: DecodeLimits) {
    this.#limits = limits;
    this.#wire = new WireReader(bytes);
    this.#reader = this.#wire.reader;
    this.#place = this.#wire.place;
    this.#values = new AnyValueReader(this.#wire, limits.maxNestingDepth);
  }

  decode(): DecodedRequest {
    const resourceLogs: ResourceLogs[] = [];
    const reader = this.#reader;
    try {
      while (reader.pos < reader.len) {
        const tag = reader.tag();
        if (tag === ((1 << 3) | LENGTH_DELIMITED)) {
          this.#place.resourceIndex += 1;
          const resource = this.#readResourceLogs();
          if (resource.logRecords.length > 0) resourceLogs.push(resource);
        } else {
          this.#wire.skip(tag, FIELD_1);
        }
      }
    } catch (error: unknown) {
      throw this.#badData(error);
    }
    return {
      resourceLogs,
      logRecords: this.#logRecords,
      rejected: this.#rejected,
      invalidUtf8: this.#wire.invalidUtf8,
    };
  }

  #readResourceLogs(): ResourceLogs {
    const reader = this.#reader;
    const outerEnd = this.#wire.enter();
    let resourceAttributes = emptyMap;
    const logRecords: LogRecord[] = [];
    this.#place.scopeIndex = -1;
    this.#place.recordIndex = -1;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | LENGTH_DELIMITED:
          this.#place.field = 'resource';
          resourceAttributes = this.#readResource(resourceAttributes);
          break;
        case (2 << 3) | LENGTH_DELIMITED:
          this.#place.scopeIndex += 1;
          this.#readScopeLogs(logRecords);
          break;
        default:
          this.#wire.skip(tag, FIELD_1 | FIELD_2);
      }
    }
    reader.len = outerEnd;
    return { resourceAttributes, logRecords };
  }

  #readResource(before: AttributeMap): AttributeMap {
    const reader = this.#reader;
    const outerEnd = this.#wire.enter();
    let attributes = before;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) attributes = this.#values.readKeyValueInto(attributes, 0);
      else this.#wire.skip(tag, FIELD_1);
    }
    reader.len = outerEnd;
    return attributes;
  }

  #readScopeLogs(logRecords: LogRecord[]): void {
    const reader = this.#reader;
    const outerEnd = this.#wire.enter();
    this.#place.recordIndex = -1;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((2 << 3) | LENGTH_DELIMITED)) {
        this.#place.recordIndex += 1;
        if (this.#logRecords + this.#rejected.count >= this.#limits.maxRecordsPerRequest) {
          throw tooManyRecords(this.#limits);
        }
        const scopeEnd = this.#wire.enter();
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
        this.#wire.skip(tag, FIELD_2);
      }
    }
    this.#place.recordIndex = -1;
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
          timeUnixNano = this.#wire.readFixed64();
          break;
        case (2 << 3) | VARINT:
          severityNumber = reader.int32();
          break;
        case (3 << 3) | LENGTH_DELIMITED:
          this.#place.field = 'severityText';
          severityText = this.#wire.readString();
          break;
        case BODY:
          this.#place.field = 'body';
          asciiBody = this.#readAsciiObject();
          body = asciiBody === undefined ? this.#values.read(0) : null;
          break;
        case ATTRIBUTES:
          this.#place.field = 'attributes';
          attributes = this.#readAttributes(attributes, start);
          break;
        case (11 << 3) | FIXED64:
          observedTimeUnixNano = this.#wire.readFixed64();
          break;
        case (12 << 3) | LENGTH_DELIMITED:
          this.#place.field = 'eventName';
          eventName = this.#wire.readString();
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
          this.#wire.skip(tag, LOG_RECORD);
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
    const isText = end <= reader.len && this.#wire.bytes[reader.pos++] === STRING_VALUE;
    const textSize = isText ? reader.size() : 0;
    if (isText && reader.pos + textSize === end && this.#wire.bytes[reader.pos] === OPEN_OBJECT) {
      const text = this.#wire.bytes.subarray(reader.pos, end);
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
      if (this.#wire.bytes.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0) {
        reader.pos = start + bytes.length;
        return map;
      }
    }
    const invalidUtf8 = this.#wire.invalidUtf8.count;
    let attributes = before === map ? Object.assign(Object.create(null), map) : before;
    attributes = this.#values.readKeyValueInto(attributes, 0);
    while (reader.pos < reader.len && this.#wire.bytes[reader.pos] === ATTRIBUTES) {
      reader.pos += 1;
      attributes = this.#values.readKeyValueInto(attributes, 0);
    }
    if (before === emptyMap && this.#wire.invalidUtf8.count === invalidUtf8) {
      this.#lastAttributes = { bytes: this.#wire.bytes.subarray(start, reader.pos), map: attributes };
    }
    return attributes;
  }

  #badData(error: unknown): unknown {
    if (error instanceof RecordError) return new BadDataError(error.field, error.description);
    // protobufjs reports malformed input with these two classes; anything else is a bug of ours.
    const isMalformed = error instanceof Error && (error.constructor === Error || error.constructor === RangeError);
    if (!isMalformed) return error;
    return new BadDataError(
      this.#place.message,
      `expected protobuf at offset ${this.#reader.pos} of ${this.#wire.bytes.length}, found: ${error.message}.`,
      { cause: error },
    );
  }
}
