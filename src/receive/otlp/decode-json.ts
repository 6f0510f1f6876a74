/**
 * ExportLogsServiceRequest, OTLP/JSON: bytes to log records.
 *
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#json-protobuf-encoding:
 * lowerCamelCase names only, unknown fields ignored, 64-bit integers as text or number, enums as integers,
 * `bytesValue` in base64. `traceId` and `spanId` are not read, so any spelling of them is taken.
 *
 * - Text that is no JSON, or a container of the wrong type, makes the whole request bad data.
 * - A field of the wrong type, or a value nested too deep, rejects its own log record only.
 * - Bytes that are not UTF-8 are kept as U+FFFD and counted, for the reason given in `decode-protobuf.ts`.
 */
import { isUtf8 } from 'node:buffer';
import type { AnyValue, AttributeMap, LogRecord, ResourceLogs } from '../../component.ts';
import { BadDataError } from '../bad-data-error.ts';
import { boundBrackets } from '../json-weight.ts';
import {
  type DecodedRequest,
  type DecodeLimits,
  FindingCounter,
  RecordError,
  tooManyRecords,
} from './decoded-request.ts';

type JsonObject = Readonly<Record<string, unknown>>;

interface JsonContext extends DecodeLimits {
  /** False while large integers may have been rounded by JSON.parse. */
  readonly isExact: boolean;
}

const emptyMap: AttributeMap = Object.freeze(Object.create(null));

/** Throws BadDataError where the bytes are not the JSON of an ExportLogsServiceRequest, RefusedError where it holds too much. */
export function decodeJson(bytes: Buffer, limits: DecodeLimits): DecodedRequest {
  const invalidUtf8 = new FindingCounter();
  if (!isUtf8(bytes)) invalidUtf8.add('request body', 'expected UTF-8 text, found other bytes; kept as U+FFFD.');
  const text = bytes.toString('utf8', hasByteOrderMark(bytes) ? 3 : 0);
  boundBrackets(text);
  const request = parseJson(text);
  if (!isObject(request)) throw new BadDataError('request body', `expected a JSON object, found ${describe(request)}.`);
  try {
    return decodeRequest(request, { ...limits, isExact: false }, invalidUtf8);
  } catch (error: unknown) {
    if (!(error instanceof InexactNumberError)) throw error;
    return decodeRequest(parseJsonExactly(text), { ...limits, isExact: true }, invalidUtf8);
  }
}

/** A 64-bit integer that came as a JSON number which a double cannot hold; the text must be read once more. */
class InexactNumberError extends Error {}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BadDataError('request body', `expected JSON, found: ${error.message}.`, { cause: error });
  }
}

/** As JSON.parse, but integers that a double cannot hold become bigint. */
function parseJsonExactly(text: string): JsonObject {
  const reviver = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{1,20}$/.test(context.source ?? '')
      ? BigInt(context.source ?? '')
      : value;
  try {
    return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
  } catch (error: unknown) {
    // Reviving recurses; fields that we would ignore may nest deeper than the stack.
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError('request body', 'expected fewer levels of nesting.', { cause: error });
  }
}

function decodeRequest(request: JsonObject, context: JsonContext, invalidUtf8: FindingCounter): DecodedRequest {
  const rejected = new FindingCounter();
  const resourceLogs: ResourceLogs[] = [];
  let count = 0;
  let found = 0;
  for (const [resourceIndex, resource] of list(request.resourceLogs, 'resourceLogs').entries()) {
    const resourcePath = `resourceLogs[${resourceIndex}]`;
    const { resource: described, scopeLogs } = container(resource, resourcePath);
    const attributes = described == null ? undefined : container(described, `${resourcePath}.resource`).attributes;
    const resourceAttributes = readResourceAttributes(attributes, `${resourcePath}.resource.attributes`, context);
    const logRecords: LogRecord[] = [];
    for (const [scopeIndex, scope] of list(scopeLogs, `${resourcePath}.scopeLogs`).entries()) {
      const scopePath = `${resourcePath}.scopeLogs[${scopeIndex}]`;
      const records = list(container(scope, scopePath).logRecords, `${scopePath}.logRecords`);
      found += records.length;
      if (found > context.maxRecordsPerRequest) throw tooManyRecords(context);
      for (const [index, record] of records.entries()) {
        try {
          logRecords.push(readLogRecord(record, context));
        } catch (error: unknown) {
          if (!(error instanceof RecordError)) throw error;
          rejected.add(`${scopePath}.logRecords[${index}]${error.field}`, error.description);
        }
      }
    }
    count += logRecords.length;
    if (logRecords.length > 0) resourceLogs.push({ resourceAttributes, logRecords });
  }
  return { resourceLogs, logRecords: count, rejected, invalidUtf8 };
}

function readResourceAttributes(attributes: unknown, path: string, context: JsonContext): AttributeMap {
  try {
    return readKeyValues(attributes, path, 0, context);
  } catch (error: unknown) {
    throw error instanceof RecordError ? new BadDataError(error.field, error.description) : error;
  }
}

/** Paths in its errors start behind the record's own, so that a good record costs no text. */
function readLogRecord(record: unknown, context: JsonContext): LogRecord {
  if (!isObject(record)) throw new RecordError('', `expected an object, found ${describe(record)}.`);
  return {
    timeUnixNano: readUnsigned64(record.timeUnixNano, '.timeUnixNano', context),
    observedTimeUnixNano: readUnsigned64(record.observedTimeUnixNano, '.observedTimeUnixNano', context),
    severityNumber: readEnum(record.severityNumber, '.severityNumber'),
    severityText: readString(record.severityText, '.severityText'),
    body: readAnyValue(record.body, '.body', 0, context),
    attributes: readKeyValues(record.attributes, '.attributes', 0, context),
    eventName: readString(record.eventName, '.eventName'),
  };
}

function readKeyValues(value: unknown, path: string, depth: number, context: JsonContext): AttributeMap {
  if (value == null) return emptyMap;
  if (!Array.isArray(value)) throw new RecordError(path, `expected an array, found ${describe(value)}.`);
  if (value.length === 0) return emptyMap;
  const map: Record<string, AnyValue> = Object.create(null);
  for (const pair of value) {
    if (!isObject(pair)) throw new RecordError(path, `expected a KeyValue object, found ${describe(pair)}.`);
    map[readString(pair.key, path)] = readAnyValue(pair.value, path, depth, context);
  }
  return map;
}

function readAnyValue(value: unknown, path: string, depth: number, context: JsonContext): AnyValue {
  if (value == null) return null;
  if (!isObject(value)) throw new RecordError(path, `expected an AnyValue object, found ${describe(value)}.`);
  if (value.stringValue != null) return readString(value.stringValue, path);
  if (value.boolValue != null) return readBoolean(value.boolValue, path);
  if (value.intValue != null) return readSigned64(value.intValue, path, context);
  if (value.doubleValue != null) return readDouble(value.doubleValue, path);
  if (value.bytesValue != null) return readBytes(value.bytesValue, path);
  if (value.arrayValue != null) {
    const { values } = nested(value.arrayValue, path, depth, context);
    if (values == null) return [];
    if (!Array.isArray(values)) throw new RecordError(path, `expected an array, found ${describe(values)}.`);
    return values.map((item: unknown) => readAnyValue(item, path, depth + 1, context));
  }
  if (value.kvlistValue != null) {
    return readKeyValues(nested(value.kvlistValue, path, depth, context).values, path, depth + 1, context);
  }
  return null;
}

function nested(value: unknown, path: string, depth: number, context: JsonContext): JsonObject {
  if (depth >= context.maxNestingDepth) {
    throw new RecordError(path, `expected at most ${context.maxNestingDepth} levels of nesting, found more.`);
  }
  if (!isObject(value)) throw new RecordError(path, `expected an object, found ${describe(value)}.`);
  return value;
}

function readString(value: unknown, path: string): string {
  if (value == null) return '';
  if (typeof value !== 'string') throw new RecordError(path, `expected text, found ${describe(value)}.`);
  return value;
}

function readBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw new RecordError(path, `expected true or false, found ${describe(value)}.`);
  return value;
}

function readEnum(value: unknown, path: string): number {
  if (value == null) return 0;
  if (typeof value !== 'number' || (value | 0) !== value) {
    throw new RecordError(path, `expected an integer, found ${describe(value)}.`);
  }
  return value;
}

function readUnsigned64(value: unknown, path: string, context: JsonContext): bigint {
  if (value == null) return 0n;
  const integer = readInteger(value, path, context);
  if (BigInt.asUintN(64, integer) !== integer) {
    throw new RecordError(path, `expected an unsigned 64-bit integer, found ${describe(value)}.`);
  }
  return integer;
}

function readSigned64(value: unknown, path: string, context: JsonContext): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const integer = readInteger(value, path, context);
  if (BigInt.asIntN(64, integer) !== integer) {
    throw new RecordError(path, `expected a 64-bit integer, found ${describe(value)}.`);
  }
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function readInteger(value: unknown, path: string, context: JsonContext): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isInteger(value)) {
    if (!context.isExact) throw new InexactNumberError();
    return BigInt(value); // Written with an exponent: the double is all there is.
  }
  throw new RecordError(path, `expected an integer, found ${describe(value)}.`);
}

/** As proto3 JSON: a number, its text, or the three names that JSON numbers lack. */
function readDouble(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return Number(value);
  throw new RecordError(path, `expected a number, found ${describe(value)}.`);
}

/** Standard or URL-safe alphabet, padded or not. */
function readBytes(value: unknown, path: string): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) {
    throw new RecordError(path, `expected base64 text, found ${describe(value)}.`);
  }
  return Buffer.from(value, 'base64');
}

function list(value: unknown, path: string): readonly unknown[] {
  if (value == null) return [];
  if (!Array.isArray(value)) throw new BadDataError(path, `expected an array, found ${describe(value)}.`);
  return value;
}

function container(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw new BadDataError(path, `expected an object, found ${describe(value)}.`);
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasByteOrderMark(bytes: Buffer): boolean {
  return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Names a JSON value for an error message, shortened. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
  return typeof value === 'string' && value.length > 40 ? `${text}…` : text;
}
