/** The columns of an audit row that was read from bytes: its texts go from those bytes to the bytes of their columns. */
import { type PlacedTexts, placedLists, placedTexts, slotOf } from '../component.ts';
import type { Column } from './parquet/column.ts';
import type { RawColumns } from './raw-columns.ts';

/** A column with where the places of its text, or of its list, stand in a row's. */
interface Placed {
  readonly column: Column;
  readonly slot: number;
}

/** An object's parts; all are absent where it is. */
interface PlacedObject {
  readonly texts: readonly Placed[];
  readonly lists: readonly Placed[];
  readonly code: Column | null;
}

export class PlacedColumns {
  readonly #raw: RawColumns;
  readonly #texts: readonly Placed[];
  readonly #objects: readonly PlacedObject[];
  readonly #sourceIPs: Placed;
  readonly #annotations: { readonly slot: number; readonly names: Column; readonly values: Column };

  /** `column`: the one of that path. */
  constructor(column: (path: string) => Column, raw: RawColumns) {
    this.#raw = raw;
    const texts = placedTexts.map((path) => ({ path, column: column(path), slot: slotOf[path] }));
    this.#texts = texts.filter(({ path }) => !path.includes('.'));
    this.#objects = ['user', 'impersonatedUser', 'objectRef', 'responseStatus'].map((object) => ({
      texts: texts.filter(({ path }) => path.startsWith(`${object}.`)),
      lists: placedLists
        .filter((path) => path.startsWith(`${object}.`))
        .map((path) => ({ column: column(`${path}.list.element`), slot: slotOf[path] })),
      code: object === 'responseStatus' ? column('responseStatus.code') : null,
    }));
    this.#sourceIPs = { column: column('sourceIPs.list.element'), slot: slotOf.sourceIPs };
    this.#annotations = {
      slot: slotOf.annotations,
      names: column('annotations.key_value.key'),
      values: column('annotations.key_value.value'),
    };
  }

  /** Adds `_raw` and whatever `placed` gives places for. */
  add(placed: PlacedTexts): void {
    const { bytes, places, placesAt, code } = placed;
    const auditID = placesAt + slotOf.auditID;
    this.#raw.addBytes(bytes, places[auditID] ?? -1, places[auditID + 1] ?? -1);
    for (const { column, slot } of this.#texts) {
      if (isThere(places, placesAt + slot)) addText(column, placed, placesAt + slot, 0);
      else column.absent(0);
    }
    for (const object of this.#objects) addObject(object, placed, code);
    addList(this.#sourceIPs, placed, 0);
    this.#addAnnotations(placed);
  }

  #addAnnotations(placed: PlacedTexts): void {
    const { places, placesAt } = placed;
    const { slot, names, values } = this.#annotations;
    const count = places[placesAt + slot + 1] ?? 0;
    if (count <= 0) {
      names.absent(0);
      values.absent(0);
      return;
    }
    const first = placesAt + (places[placesAt + slot] ?? 0);
    for (let at = 0; at < count; at++) {
      addText(names, placed, first + at * 4, at === 0 ? 0 : 1);
      addText(values, placed, first + at * 4 + 2, at === 0 ? 0 : 1);
    }
  }
}

function addObject({ texts, lists, code }: PlacedObject, placed: PlacedTexts, value: number | null): void {
  const { places, placesAt } = placed;
  let absent = code !== null && value !== null ? 1 : 0;
  for (const { slot } of texts) if (isThere(places, placesAt + slot)) absent = 1;
  for (const { slot } of lists) if (isThere(places, placesAt + slot)) absent = 1;
  for (const { column, slot } of texts) {
    if (isThere(places, placesAt + slot)) addText(column, placed, placesAt + slot, 0);
    else column.absent(absent);
  }
  for (const list of lists) addList(list, placed, absent);
  if (code === null) return;
  if (value === null) code.absent(absent);
  else code.number(value);
}

function addList({ column, slot }: Placed, placed: PlacedTexts, absent: number): void {
  const { places, placesAt } = placed;
  const count = places[placesAt + slot + 1] ?? -1;
  if (count <= 0) {
    column.absent(count < 0 ? absent : column.shape.maxDefinition - 1);
    return;
  }
  const first = placesAt + (places[placesAt + slot] ?? 0);
  for (let at = 0; at < count; at++) addText(column, placed, first + at * 2, at === 0 ? 0 : 1);
}

function isThere(places: Int32Array, at: number): boolean {
  return (places[at + 1] ?? -1) >= 0;
}

function addText(column: Column, { bytes, unescaped, places }: PlacedTexts, at: number, repetition: number): void {
  const start = places[at] ?? 0;
  const length = places[at + 1] ?? 0;
  if (start >= 0) column.textBytes(bytes, start, start + length, repetition);
  else column.textBytes(unescaped, ~start, ~start + length, repetition);
}
