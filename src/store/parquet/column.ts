/** One column of a batch: takes values and levels row by row, and writes them as the pages of a Parquet column chunk. */
import { GrowingBuffer } from './growing-buffer.ts';
import { bitsOf, NumberRuns } from './number-runs.ts';
import type { ColumnShape } from './schema.ts';
import { ThriftWriter } from './thrift-writer.ts';
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

const dataPage = 0;
const dictionaryPage = 2;
const nothing = Buffer.alloc(0);
/** Memory that a column keeps for the next batch. */
const mostKept = 16 * 1024 * 1024;

/** A column of any kind; which of `text`, `number` and `flag` may be called follows from the kind. */
export class Column {
  readonly shape: ColumnShape;
  readonly #definition = new NumberRuns();
  readonly #repetition = new NumberRuns();
  readonly #hasWords: boolean;
  /** Values one after the other, but words. */
  readonly #plain = new GrowingBuffer(1024);
  readonly #levels = new GrowingBuffer(1024);
  readonly #places = new NumberRuns();
  readonly #words = new WordTable();

  constructor(shape: ColumnShape) {
    this.shape = shape;
    this.#hasWords = shape.kind === 'word' || shape.kind === 'json';
  }

  clear(): void {
    this.#definition.clear();
    this.#repetition.clear();
    this.#places.clear();
    this.#words.clear(mostKept);
    this.#plain.clear(mostKept);
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
    else this.#plain.sizedText(value);
  }

  /** The same from UTF-8 bytes; not for a `uuid`. */
  textBytes(source: Uint8Array, start: number, end: number, repetition = 0): void {
    this.#present(repetition);
    if (this.#hasWords) this.#places.add(this.#words.placeOfBytes(source, start, end));
    else this.#plain.sizedBytes(source, start, end);
  }

  number(value: number): void {
    this.#present(0);
    this.#plain.int64(value);
  }

  flag(value: boolean): void {
    this.#present(0);
    this.#places.add(value ? 1 : 0);
  }

  /** Writes the chunk's pages. */
  write(out: GrowingBuffer): ChunkSizes {
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
    const levels = this.#writeLevels(isIndexed);
    const plain = isIndexed ? nothing : this.#plain.bytes;
    writeHeader(out, dataPage, levels.length + plain.length, (header) =>
      header.struct(5, (page) =>
        page
          .i32(1, values)
          .i32(2, isIndexed ? encodings.rleDictionary : encodings.plain)
          .i32(3, encodings.rle)
          .i32(4, encodings.rle),
      ),
    );
    out.append(levels);
    out.append(plain);
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
