/** Values across the border between DuckDB and everyone else, as `SqlValue` of component.ts describes them. */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBUnionValue,
  type DuckDBValue,
  DuckDBVariantValue,
  HUGEINT,
  INTEGER,
  LIST,
  listValue,
  SQLNULL,
  STRUCT,
  structValue,
  VARCHAR,
} from '@duckdb/node-api';
import { PermanentError, type SqlValue } from '../component.ts';

/**
 * From DuckDB. Timestamps become ISO text in UTC with milliseconds, or microseconds where they have any;
 * dates, times, intervals and UUIDs DuckDB's own text; BLOB base64; DECIMAL a number.
 */
export function fromEngine(value: DuckDBValue): SqlValue {
  switch (typeof value) {
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case 'object':
      return value === null ? null : fromObject(value);
    default:
      return value;
  }
}

function fromObject(value: Exclude<DuckDBValue, null | boolean | number | bigint | string>): SqlValue {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return isoText(value.micros) ?? value.toString();
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(fromEngine);
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, part]) => [name, fromEngine(part)]));
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map(({ key, value: part }) => [mapKey(key), fromEngine(part)]));
  }
  if (value instanceof DuckDBDecimalValue) {
    return Number(value.toString());
  }
  if (value instanceof DuckDBTimestampSecondsValue) {
    return isoText(value.seconds * 1_000_000n) ?? value.toString();
  }
  if (value instanceof DuckDBTimestampMillisecondsValue) {
    return isoText(value.millis * 1000n) ?? value.toString();
  }
  if (value instanceof DuckDBTimestampNanosecondsValue) {
    return isoText(value.nanos / 1000n) ?? value.toString();
  }
  if (value instanceof DuckDBBlobValue) {
    return Buffer.from(value.bytes).toString('base64');
  }
  if (value instanceof DuckDBUnionValue || value instanceof DuckDBVariantValue) {
    return fromEngine(value.value);
  }
  return value.toString();
}

function mapKey(key: DuckDBValue): string {
  const converted = fromEngine(key);
  return typeof converted === 'string' ? converted : String(converted);
}

/** Null outside the years that JavaScript dates cover, and for the infinities. */
function isoText(micros: bigint): string | null {
  const fraction = ((micros % 1000n) + 1000n) % 1000n;
  const date = new Date(Number((micros - fraction) / 1000n));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0) {
    return null;
  }
  const text = date.toISOString();
  return fraction === 0n ? text : `${text.slice(0, -1)}${String(fraction).padStart(3, '0')}Z`;
}

export interface EngineParameter {
  readonly value: DuckDBValue;
  readonly type: DuckDBType;
}

/** To DuckDB: whole numbers become INTEGER or BIGINT, other numbers DOUBLE, objects STRUCT. */
export function toEngine(value: SqlValue): EngineParameter {
  switch (typeof value) {
    case 'string':
      return { value, type: VARCHAR };
    case 'boolean':
      return { value, type: BOOLEAN };
    case 'number':
      return fromNumber(value);
    case 'bigint':
      return { value, type: value >= -(2n ** 63n) && value < 2n ** 63n ? BIGINT : HUGEINT };
    default:
      if (value === null) {
        return { value: null, type: SQLNULL };
      }
      return isList(value) ? fromList(value) : fromRecord(value);
  }
}

function isList(value: readonly SqlValue[] | { readonly [key: string]: SqlValue }): value is readonly SqlValue[] {
  return Array.isArray(value);
}

function fromNumber(value: number): EngineParameter {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    return { value, type: DOUBLE };
  }
  return Math.abs(value) < 2 ** 31 ? { value, type: INTEGER } : { value: BigInt(value), type: BIGINT };
}

function fromList(items: readonly SqlValue[]): EngineParameter {
  const members = items.map(toEngine);
  const type = members.reduce<DuckDBType>((common, member) => commonType(common, member.type), SQLNULL);
  return { value: listValue(members.map((member) => convertTo(member.value, type))), type: LIST(type) };
}

function fromRecord(record: { readonly [key: string]: SqlValue }): EngineParameter {
  const parts = Object.entries(record).map(([name, part]) => [name, toEngine(part)] as const);
  return {
    value: structValue(Object.fromEntries(parts.map(([name, part]) => [name, part.value]))),
    type: STRUCT(Object.fromEntries(parts.map(([name, part]) => [name, part.type]))),
  };
}

const numberWidth: readonly DuckDBType[] = [INTEGER, BIGINT, HUGEINT, DOUBLE];

function commonType(left: DuckDBType, right: DuckDBType): DuckDBType {
  if (left.typeId === SQLNULL.typeId || left.toString() === right.toString()) {
    return right;
  }
  if (right.typeId === SQLNULL.typeId) {
    return left;
  }
  if (left instanceof DuckDBListType && right instanceof DuckDBListType) {
    return LIST(commonType(left.valueType, right.valueType));
  }
  const [a, b] = [left, right].map((type) => numberWidth.findIndex(({ typeId }) => typeId === type.typeId));
  const wider = a === undefined || b === undefined || a < 0 || b < 0 ? undefined : numberWidth[Math.max(a, b)];
  if (wider === undefined) {
    throw new PermanentError(
      `SQL parameter: expected list members of one type, found ${left.toString()} and ${right.toString()}.`,
    );
  }
  return wider;
}

function convertTo(value: DuckDBValue, type: DuckDBType): DuckDBValue {
  if (typeof value === 'number' && (type.typeId === BIGINT.typeId || type.typeId === HUGEINT.typeId)) {
    return BigInt(value);
  }
  if (typeof value === 'bigint' && type.typeId === DOUBLE.typeId) {
    return Number(value);
  }
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType) {
    return listValue(value.items.map((item) => convertTo(item, type.valueType)));
  }
  if (value instanceof DuckDBStructValue && !(type instanceof DuckDBStructType)) {
    throw new PermanentError(`SQL parameter: expected ${type.toString()}, found an object.`);
  }
  return value;
}
