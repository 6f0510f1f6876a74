/**
 * Thrift's compact protocol, as far as Parquet's metadata needs it: Parquet headers and footers are Thrift structs.
 *
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import { GrowingBuffer } from './growing-buffer.ts';

const i32 = 5;
const i64 = 6;
const binary = 8;
const list = 9;
const struct = 12;

/** Writes one struct, field by field, in ascending order of field numbers. */
export class ThriftWriter {
  readonly #out: GrowingBuffer;
  #lastField = 0;
  readonly #outer: number[] = [];

  constructor(out = new GrowingBuffer(1024)) {
    this.#out = out;
  }

  i32(field: number, value: number): this {
    this.#field(field, i32);
    this.#zigzag(value);
    return this;
  }

  /** For values that a double holds exactly. */
  i64(field: number, value: number): this {
    this.#field(field, i64);
    this.#zigzag(value);
    return this;
  }

  text(field: number, value: string): this {
    this.#field(field, binary);
    this.#binary(value);
    return this;
  }

  i32s(field: number, values: readonly number[]): this {
    this.#list(field, i32, values.length);
    for (const value of values) this.#zigzag(value);
    return this;
  }

  texts(field: number, values: readonly string[]): this {
    this.#list(field, binary, values.length);
    for (const value of values) this.#binary(value);
    return this;
  }

  /** A struct in a field, written by `body`. */
  struct(field: number, body: (writer: this) => void): this {
    this.#field(field, struct);
    this.#body(body);
    return this;
  }

  /** A list of structs, each written by `body`. */
  structs<T>(field: number, items: readonly T[], body: (item: T, writer: this) => void): this {
    this.#list(field, struct, items.length);
    for (const item of items) this.#body((writer) => body(item, writer));
    return this;
  }

  /** Ends the outermost struct. */
  end(): void {
    this.#out.byte(0);
  }

  #body(body: (writer: this) => void): void {
    this.#outer.push(this.#lastField);
    this.#lastField = 0;
    body(this);
    this.#out.byte(0);
    this.#lastField = this.#outer.pop() ?? 0;
  }

  #field(field: number, type: number): void {
    const step = field - this.#lastField;
    if (step < 1 || step > 15)
      throw new RangeError(`thrift: expected field ${this.#lastField} + 1..15, found ${field}.`);
    this.#out.byte((step << 4) | type);
    this.#lastField = field;
  }

  #list(field: number, type: number, length: number): void {
    this.#field(field, list);
    if (length < 15) {
      this.#out.byte((length << 4) | type);
    } else {
      this.#out.byte(0xf0 | type);
      this.#out.varint(length);
    }
  }

  #binary(value: string): void {
    this.#out.varint(Buffer.byteLength(value));
    this.#out.text(value);
  }

  #zigzag(value: number): void {
    this.#out.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }
}
