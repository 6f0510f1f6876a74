/** One column of a batch: takes values and levels row by row, and writes them as the pages of a Parquet column chunk. */
import { GrowingBuffer } from './growing-buffer.ts';
import { bitsOf, NumberRuns } from './number-runs.ts';
import type { ColumnShape, LeafKind } from './schema.ts';
import { TextValues } from './text-values.ts';
import { ThriftWriter } from './thrift-writer.ts';
import { appendFixed, orderEntries, orderValues } from './value-order.ts';
import { WordTable } from './word-table.ts';

/** What a footer must know of a chunk. */
export interface ChunkSizes {
  /** Values, absent ones included. */
  readonly values: number;
  /** Bytes of the dictionary's page with its header; 0 where there is none. */
  readonly dictionaryBytes: number;
  /** Bytes of the values' page with its header. */
  readonly dataBytes: number;
}

export const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const;

const widths: Partial<Readonly<Record<LeafKind, number>>> = { integer: 8, time: 8, uuid: 16 };

const dataPage = 0;
const dictionaryPage = 2;
/** Memory that a column keeps for the next batch. */
const mostKept = 16 * 1024 * 1024;

/** A column of any kind; which of `text`, `number` and `flag` may be called follows from the kind. */
export class Column {
  readonly shape: ColumnShape;
  readonly #definition = new NumberRuns();
  readonly #repetition = new NumberRuns();
  readonly #hasWords: boolean;
  /** Bytes of every value in `#plain`; 0 where they differ or stand elsewhere. */
  readonly #width: number;
  readonly #texts = new TextValues();
  /** Numbers and identities one after the other. */
  readonly #plain = new GrowingBuffer(1024);
  readonly #levels = new GrowingBuffer(1024);
  readonly #places = new NumberRuns();
  readonly #words = new WordTable();

  constructor(shape: ColumnShape) {
    this.shape = shape;
    this.#hasWords = shape.kind === 'word' || shape.kind === 'json';
    this.#width = widths[shape.kind] ?? 0;
  }

  /** Different words so far. */
  get words(): number {
    return this.#words.size;
  }

  clear(): void {
    this.#definition.clear();
    this.#repetition.clear();
    this.#places.clear();
    this.#words.clear(mostKept);
    this.#plain.clear(mostKept);
    this.#texts.clear(mostKept);
  }

  /** No value; `definition` says how much of the path is there. */
  absent(definition: number): void {
    this.#definition.add(definition);
    if (this.shape.maxRepetition > 0) this.#repetition.add(0);
  }

  text(value: string, repetition = 0): void {
    this.#present(repetition);
    if (this.#hasWords) this.#places.add(this.#words.placeOf(value));
    else if (this.shape.kind === 'uuid') this.#plain.hex(value);
    else this.#texts.text(value);
  }

  /** The same from UTF-8 bytes, which nobody changes until `write`; not for a `uuid`. */
  textBytes(source: Uint8Array, start: number, end: number, repetition = 0): void {
    this.#present(repetition);
    if (this.#hasWords) this.#places.add(this.#words.placeOfBytes(source, start, end));
    else this.#texts.textBytes(source, start, end);
  }

  number(value: number): void {
    this.#present(0);
    this.#plain.int64(value);
  }

  flag(value: boolean): void {
    this.#present(0);
    this.#places.add(value ? 1 : 0);
  }

  /**
   * Sets a number for each row, in the order in which they were added: 0 where it has no value, else one from 1 on that
   * rows of other words, or of the other flag, do not have. Not for a list.
   */
  readPlaces(into: Uint32Array): void {
    const { maxDefinition } = this.shape;
    let value = 0;
    for (let row = 0; row < this.#definition.length; row++) {
      into[row] = this.#definition.at(row) === maxDefinition ? this.#places.at(value++) + 1 : 0;
    }
  }

  /** Writes the chunk's pages with the rows in an order (value-order.ts). */
  write(out: GrowingBuffer, order: Uint32Array): ChunkSizes {
    const start = out.length;
    const isIndexed = this.#words.size > 0;
    if (isIndexed) {
      const { bytes, size } = this.#words;
      writeHeader(out, dictionaryPage, bytes.length, (header) =>
        header.struct(7, (page) => page.i32(1, size).i32(2, encodings.plain)),
      );
      out.append(bytes);
    }
    const dictionaryBytes = out.length - start;
    const values = this.#definition.length;
    const entries = orderEntries(order, this.#repetition);
    const places = orderValues(entries, this.#definition, this.shape.maxDefinition);
    this.#repetition.rearrange(entries);
    this.#definition.rearrange(entries);
    this.#places.rearrange(places);
    const levels = this.#writeLevels(isIndexed);
    writeHeader(out, dataPage, levels.length + this.#plain.length + this.#texts.bytes, (header) =>
      header.struct(5, (page) =>
        page
          .i32(1, values)
          .i32(2, isIndexed ? encodings.rleDictionary : encodings.plain)
          .i32(3, encodings.rle)
          .i32(4, encodings.rle),
      ),
    );
    out.append(levels);
    if (this.shape.kind === 'text') this.#texts.write(out, places);
    else if (this.#width > 0) appendFixed(out, this.#plain.bytes, this.#width, places);
    // Texts of a request are not held until the next one comes.
    this.#texts.clear(mostKept);
    return { values, dictionaryBytes, dataBytes: out.length - start - dictionaryBytes };
  }

  /** Levels, and the places where there is a dictionary, or flags. */
  #writeLevels(isIndexed: boolean): Buffer {
    const { kind, maxDefinition, maxRepetition } = this.shape;
    const out = this.#levels;
    out.clear(mostKept);
    if (maxRepetition > 0) writeSized(out, this.#repetition, maxRepetition);
    if (maxDefinition > 0) writeSized(out, this.#definition, maxDefinition);
    if (isIndexed) {
      const bits = bitsOf(this.#words.size - 1);
      out.byte(bits);
      this.#places.write(out, bits);
    } else if (kind === 'flag') {
      this.#places.writePacked(out, 1);
    }
    return out.bytes;
  }

  #present(repetition: number): void {
    this.#definition.add(this.shape.maxDefinition);
    if (this.shape.maxRepetition > 0) this.#repetition.add(repetition);
  }
}

function writeHeader(
  out: GrowingBuffer,
  type: typeof dataPage | typeof dictionaryPage,
  size: number,
  rest: (header: ThriftWriter) => void,
): void {
  const header = new ThriftWriter(out).i32(1, type).i32(2, size).i32(3, size);
  rest(header);
  header.end();
}

function writeSized(out: GrowingBuffer, levels: NumberRuns, largest: number): void {
  const start = out.length;
  out.uint32(0);
  levels.write(out, bitsOf(largest));
  out.setUint32(out.length - start - 4, start);
}
