/**
 * The shape of a Parquet file: a tree of fields, and its leaves, each of which is a column.
 *
 * https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */

/** How a leaf is kept: `text` as it is, `word` once per batch with its places, the others as their names say. */
export type LeafKind = 'text' | 'word' | 'json' | 'integer' | 'time' | 'flag' | 'uuid';

export type Repetition = 'required' | 'optional' | 'repeated';

export interface Leaf {
  readonly name: string;
  readonly repetition: Repetition;
  readonly kind: LeafKind;
}

export interface Group {
  readonly name: string;
  readonly repetition: Repetition;
  readonly annotation?: 'LIST' | 'MAP';
  readonly fields: readonly Field[];
}

export type Field = Leaf | Group;

/** A leaf with what its place in the tree says about its levels. */
export interface ColumnShape {
  readonly kind: LeafKind;
  readonly path: readonly string[];
  /** How many fields of the path may be absent; a value that is there has this level. */
  readonly maxDefinition: number;
  /** 1 within a list, else 0. */
  readonly maxRepetition: number;
}

export function optional(name: string, kind: LeafKind): Leaf {
  return { name, repetition: 'optional', kind };
}

export function required(name: string, kind: LeafKind): Leaf {
  return { name, repetition: 'required', kind };
}

/** A list without absent elements; definition 0 (at the top) is no list, 1 an empty one, 2 an element. */
export function listOf(name: string, kind: LeafKind): Group {
  const list: Group = { name: 'list', repetition: 'repeated', fields: [required('element', kind)] };
  return { name, repetition: 'optional', annotation: 'LIST', fields: [list] };
}

/** A map of words to words, with the levels of a list. */
export function mapOf(name: string): Group {
  const fields = [required('key', 'word'), required('value', 'word')];
  return {
    name,
    repetition: 'optional',
    annotation: 'MAP',
    fields: [{ name: 'key_value', repetition: 'repeated', fields }],
  };
}

export function struct(name: string, fields: readonly Field[]): Group {
  return { name, repetition: 'optional', fields };
}

/** The columns, in the order of the tree. */
export function columnsOf(fields: readonly Field[]): readonly ColumnShape[] {
  const walk = (field: Field, above: Omit<ColumnShape, 'kind'>): readonly ColumnShape[] => {
    const here = {
      path: [...above.path, field.name],
      maxDefinition: above.maxDefinition + (field.repetition === 'required' ? 0 : 1),
      maxRepetition: above.maxRepetition + (field.repetition === 'repeated' ? 1 : 0),
    };
    return 'kind' in field ? [{ ...here, kind: field.kind }] : field.fields.flatMap((inner) => walk(inner, here));
  };
  return fields.flatMap((field) => walk(field, { path: [], maxDefinition: 0, maxRepetition: 0 }));
}
