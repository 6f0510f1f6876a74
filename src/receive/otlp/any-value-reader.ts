/** AnyValue and what is made of it, as common/v1/common.proto has them: values, lists, maps and their entries. */
import type { AnyValue, AttributeMap } from '../../component.ts';
import { RecordError } from './decoded-request.ts';
import { FIXED64, LENGTH_DELIMITED, VARINT, type WireReader } from './wire-reader.ts';

// The field numbers that each message below reads, one bit each.
const ANY_VALUE = 0b1111_1110;
const VALUES = 0b10;
const KEY_VALUE = 0b110;

/** Shared by all that have no entries. */
export const emptyMap: AttributeMap = Object.freeze(Object.create(null));

export class AnyValueReader {
  readonly #wire: WireReader;
  readonly #maxDepth: number;

  /** A value with more than `maxDepth` lists and maps inside one another is a RecordError. */
  constructor(wire: WireReader, maxDepth: number) {
    this.#wire = wire;
    this.#maxDepth = maxDepth;
  }

  /** Adds one KeyValue; `emptyMap` it replaces by a new one. `depth` as for `read`. */
  readKeyValueInto(target: AttributeMap, depth: number): AttributeMap {
    const { reader } = this.#wire;
    const outerEnd = this.#wire.enter();
    let key = '';
    let value: AnyValue = null;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) key = this.#wire.readString();
      else if (tag === ((2 << 3) | LENGTH_DELIMITED)) value = this.read(depth);
      else this.#wire.skip(tag, KEY_VALUE);
    }
    reader.len = outerEnd;
    const map: Record<string, AnyValue> = target === emptyMap ? Object.create(null) : target;
    map[key] = value;
    return map;
  }

  /** `depth`: how many lists and maps the value is in. */
  read(depth: number): AnyValue {
    const { reader } = this.#wire;
    const outerEnd = this.#wire.enter();
    let value: AnyValue = null;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      switch (tag) {
        case (1 << 3) | LENGTH_DELIMITED:
          value = this.#wire.readStringValue();
          break;
        case (2 << 3) | VARINT:
          value = reader.bool();
          break;
        case (3 << 3) | VARINT:
          value = this.#wire.readInt64();
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
          value = this.#wire.readBytes();
          break;
        default:
          this.#wire.skip(tag, ANY_VALUE);
      }
    }
    reader.len = outerEnd;
    return value;
  }

  #readArrayValue(depth: number): readonly AnyValue[] {
    this.#checkDepth(depth);
    const { reader } = this.#wire;
    const outerEnd = this.#wire.enter();
    const values: AnyValue[] = [];
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) values.push(this.read(depth));
      else this.#wire.skip(tag, VALUES);
    }
    reader.len = outerEnd;
    return values;
  }

  #readKeyValueList(depth: number): AttributeMap {
    this.#checkDepth(depth);
    const { reader } = this.#wire;
    const outerEnd = this.#wire.enter();
    let map = emptyMap;
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      if (tag === ((1 << 3) | LENGTH_DELIMITED)) map = this.readKeyValueInto(map, depth);
      else this.#wire.skip(tag, VALUES);
    }
    reader.len = outerEnd;
    return map;
  }

  #checkDepth(depth: number): void {
    if (depth > this.#maxDepth) {
      throw new RecordError(this.#wire.place.path, `expected at most ${this.#maxDepth} levels of nesting, found more.`);
    }
  }
}
