/** The end of a Parquet file, which says where its row groups stand, and the four bytes at its start. */
import { type ChunkSizes, encodings } from './column.ts';
import { GrowingBuffer } from './growing-buffer.ts';
import { type ColumnShape, columnsOf, type Field, type LeafKind } from './schema.ts';
import { ThriftWriter } from './thrift-writer.ts';

/** What every Parquet file starts and ends with. */
export const parquetMagic = Buffer.from('PAR1');

/** Columns chunks that stand one after the other from `start` on, in the order of the schema. */
export interface RowGroup {
  readonly start: number;
  readonly rows: number;
  readonly chunks: readonly ChunkSizes[];
}

const physicalTypes: Readonly<Record<LeafKind, number>> = {
  flag: 0,
  integer: 2,
  time: 2,
  text: 6,
  word: 6,
  json: 6,
  uuid: 7,
};

/** ConvertedType: UTF8, JSON, TIMESTAMP_MICROS. */
const convertedTypes: Partial<Readonly<Record<LeafKind, number>>> = { text: 0, word: 0, json: 19, time: 10 };
const groupTypes = { MAP: 1, LIST: 3 } as const;
const repetitions = { required: 0, optional: 1, repeated: 2 } as const;

/** FileMetaData, its length, and the closing bytes. */
export function printFooter(fields: readonly Field[], rowGroups: readonly RowGroup[]): Buffer {
  const columns = columnsOf(fields);
  const out = new GrowingBuffer(4096 + rowGroups.length * columns.length * 96);
  const writer = new ThriftWriter(out)
    .i32(1, 1)
    .structs(2, [...elements(fields)], printElement)
    .i64(
      3,
      rowGroups.reduce((sum, { rows }) => sum + rows, 0),
    )
    .structs(4, rowGroups, (rowGroup, group) => printRowGroup(rowGroup, columns, group));
  writer.end();
  out.uint32(out.length);
  out.append(parquetMagic);
  return out.bytes;
}

/** The schema's tree, parents before their children, as the footer lists it. */
function* elements(fields: readonly Field[]): Generator<Field | { readonly root: readonly Field[] }> {
  yield { root: fields };
  yield* flatten(fields);
}

function* flatten(fields: readonly Field[]): Generator<Field> {
  for (const field of fields) {
    yield field;
    if ('fields' in field) yield* flatten(field.fields);
  }
}

function printElement(element: Field | { readonly root: readonly Field[] }, writer: ThriftWriter): void {
  if ('root' in element) {
    writer.text(4, 'rows').i32(5, element.root.length);
    return;
  }
  if ('fields' in element) {
    writer.i32(3, repetitions[element.repetition]).text(4, element.name).i32(5, element.fields.length);
    if (element.annotation !== undefined) writer.i32(6, groupTypes[element.annotation]);
    return;
  }
  writer.i32(1, physicalTypes[element.kind]);
  if (element.kind === 'uuid') writer.i32(2, 16);
  writer.i32(3, repetitions[element.repetition]).text(4, element.name);
  const converted = convertedTypes[element.kind];
  if (converted !== undefined) writer.i32(6, converted);
  // LogicalType is a union, of which field 14 is UUIDType.
  if (element.kind === 'uuid') writer.struct(10, (type) => type.struct(14, () => undefined));
}

function printRowGroup({ start, rows, chunks }: RowGroup, columns: readonly ColumnShape[], writer: ThriftWriter): void {
  let at = start;
  const placed = chunks.map((chunk, index) => {
    const from = at;
    at += chunk.dictionaryBytes + chunk.dataBytes;
    return { ...chunk, from, shape: columns[index] };
  });
  writer
    .structs(1, placed, ({ values, dictionaryBytes, dataBytes, from, shape }, chunk) => {
      const size = dictionaryBytes + dataBytes;
      chunk.i64(2, from).struct(3, (data) => {
        data
          .i32(1, physicalTypes[shape?.kind ?? 'text'])
          .i32s(2, [encodings.plain, encodings.rle, encodings.rleDictionary])
          .texts(3, shape?.path ?? [])
          .i32(4, 0)
          .i64(5, values)
          .i64(6, size)
          .i64(7, size)
          .i64(9, from + dictionaryBytes);
        if (dictionaryBytes > 0) data.i64(11, from);
      });
    })
    .i64(2, at - start)
    .i64(3, rows);
}
