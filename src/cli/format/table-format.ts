/**
 * Rows as a table for people.
 *
 * The first rows decide the layout: columns side by side where they fit the terminal, the widest cut first, but values
 * that differ stay different where there is room for that, in the columns at the left before those at the right; one
 * field per line where there are too many columns.
 */
import type { SqlColumn, SqlRow } from '../../component.ts';
import { readValue } from '../../format/index.ts';
import { fitCell, showCell, widthOf } from './cell.ts';
import { distinctWidth } from './distinct-width.ts';
import { printable } from './printable.ts';

/** Rows that are held back to choose the layout. */
const sampleRows = 500;
const gap = '  ';
/** A column that is cut keeps at least this width. */
const minColumnWidth = 12;

interface Layout {
  readonly head: string;
  line(cells: readonly string[], rowNumber: number): string;
}

export class TableFormat {
  /** Null: as wide as it needs (no terminal). */
  readonly #terminalWidth: number | null;
  #columns: readonly SqlColumn[] = [];
  #sample: (readonly string[])[] = [];
  #layout: Layout | undefined;
  #rowCount = 0;

  constructor(terminalWidth: number | null) {
    this.#terminalWidth = terminalWidth;
  }

  open(columns: readonly SqlColumn[]): string {
    this.#columns = columns;
    return '';
  }

  rows(rows: readonly SqlRow[]): string {
    let text = '';
    for (const row of rows) {
      const cells = this.#columns.map(({ name }) => showCell(readValue(row, name)));
      if (this.#layout !== undefined) {
        this.#rowCount += 1;
        text += this.#layout.line(cells, this.#rowCount);
      } else {
        this.#sample.push(cells);
        if (this.#sample.length >= sampleRows) text += this.#printSample();
      }
    }
    return text;
  }

  close(): string {
    const table = this.#layout === undefined ? this.#printSample() : '';
    return `${table}(${this.#rowCount} ${this.#rowCount === 1 ? 'row' : 'rows'})\n`;
  }

  #printSample(): string {
    const layout = chooseLayout(this.#columns, this.#sample, this.#terminalWidth);
    this.#layout = layout;
    const lines = this.#sample.map((cells, index) => layout.line(cells, index + 1));
    this.#rowCount = this.#sample.length;
    this.#sample = [];
    return layout.head + lines.join('');
  }
}

function chooseLayout(
  columns: readonly SqlColumn[],
  sample: readonly (readonly string[])[],
  terminalWidth: number | null,
): Layout {
  const names = columns.map(({ name }) => printable(name));
  const wanted = names.map((name, index) =>
    Math.max(widthOf(name), ...sample.map((cells) => widthOf(cells[index] ?? ''))),
  );
  const distinct = names.map((_, index) => distinctWidth(sample.map((cells) => cells[index] ?? '')));
  const available = (terminalWidth ?? 0) - gap.length * (columns.length - 1);
  const widths = terminalWidth === null ? wanted : shrink(wanted, distinct, available);
  return widths === undefined ? fieldPerLine(names, terminalWidth ?? 80) : sideBySide(columns, names, widths);
}

/**
 * Widths that fit together, taken from the widest columns; undefined where a column would get too narrow. As many
 * columns as can, from the left, keep what tells their values apart.
 */
function shrink(
  wanted: readonly number[],
  distinct: readonly number[],
  available: number,
): readonly number[] | undefined {
  for (let kept = wanted.length; kept >= 0; kept -= 1) {
    const least = wanted.map((width, index) =>
      Math.min(width, Math.max(minColumnWidth, index < kept ? (distinct[index] ?? 0) : 0)),
    );
    const widths = (limit: number) => wanted.map((width, index) => Math.max(least[index] ?? 0, Math.min(width, limit)));
    if (sum(least) > available) continue;
    let limit = Math.max(0, ...wanted);
    while (sum(widths(limit)) > available) limit -= 1;
    return widths(limit);
  }
  return undefined;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}

function sideBySide(columns: readonly SqlColumn[], names: readonly string[], widths: readonly number[]): Layout {
  const alignments = columns.map(({ type }) => (isNumeric(type) ? 'right' : 'left'));
  const print = (cells: readonly string[]): string =>
    `${cells
      .map((cell, index) => fitCell(cell, widths[index] ?? 0, alignments[index] ?? 'left'))
      .join(gap)
      .trimEnd()}\n`;
  return { head: print(names) + print(widths.map((width) => '─'.repeat(width))), line: print };
}

/** Values in full, each on its own line; a terminal may wrap them. */
function fieldPerLine(names: readonly string[], terminalWidth: number): Layout {
  const nameWidth = Math.max(0, ...names.map(widthOf));
  return {
    head: '',
    line: (cells, rowNumber) => {
      const title = `── row ${rowNumber} `;
      const fields = names.flatMap((name, index) => {
        const cell = cells[index] ?? '';
        return cell === '' ? [] : [`${fitCell(name, nameWidth, 'left')}${gap}${cell}\n`];
      });
      return `${title}${'─'.repeat(Math.max(0, Math.min(terminalWidth, 80) - title.length))}\n${fields.join('')}`;
    },
  };
}

function isNumeric(type: string): boolean {
  return /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\b.*)$/.test(type);
}
