/** Rows as text, for the HTTP API and the commands: NDJSON, JSON, CSV. */
import type { SqlColumn, SqlRow, SqlValue } from '../component.ts';
import { encodeJson, encodeRow, encodeText, readValue } from './encode-value.ts';

/** Turns one result into text, piece by piece: `open`, then `rows` for each chunk, then `close`. */
export interface RowFormat {
  readonly contentType: string;
  open(columns: readonly SqlColumn[]): string;
  rows(rows: readonly SqlRow[]): string;
  close(): string;
}

export type RowFormatName = 'ndjson' | 'json' | 'csv';

/** A format for one result; formats keep state, so each result takes a new one. */
export function createRowFormat(name: RowFormatName): RowFormat {
  switch (name) {
    case 'ndjson':
      return new NdjsonFormat();
    case 'json':
      return new JsonFormat();
    case 'csv':
      return new CsvFormat();
  }
}

/** One object per line, keyed by column; https://github.com/ndjson/ndjson-spec. */
class NdjsonFormat implements RowFormat {
  readonly contentType = 'application/x-ndjson';
  #columns: readonly SqlColumn[] = [];

  open(columns: readonly SqlColumn[]): string {
    this.#columns = columns;
    return '';
  }

  rows(rows: readonly SqlRow[]): string {
    return rows.map((row) => `${encodeRow(this.#columns, row)}\n`).join('');
  }

  close(): string {
    return '';
  }
}

/** One array of objects. */
class JsonFormat implements RowFormat {
  readonly contentType = 'application/json';
  #columns: readonly SqlColumn[] = [];
  #isFirst = true;

  open(columns: readonly SqlColumn[]): string {
    this.#columns = columns;
    return '[';
  }

  rows(rows: readonly SqlRow[]): string {
    let text = '';
    for (const row of rows) {
      text += `${this.#isFirst ? '\n' : ',\n'}${encodeRow(this.#columns, row)}`;
      this.#isFirst = false;
    }
    return text;
  }

  close(): string {
    return this.#isFirst ? ']\n' : '\n]\n';
  }
}

/**
 * RFC 4180 quoting, with a header line and LF as line end. A missing field is empty, an empty text is `""`,
 * lists and objects are JSON. Text that a spreadsheet would run as a formula is left as it is: this is data for
 * programs, and a changed value would be a wrong one.
 */
class CsvFormat implements RowFormat {
  readonly contentType = 'text/csv; charset=utf-8; header=present';
  #columns: readonly SqlColumn[] = [];

  open(columns: readonly SqlColumn[]): string {
    this.#columns = columns;
    return `${columns.map(({ name }) => quoteCsv(name)).join(',')}\n`;
  }

  rows(rows: readonly SqlRow[]): string {
    return rows
      .map((row) => `${this.#columns.map(({ name }) => encodeCsv(readValue(row, name))).join(',')}\n`)
      .join('');
  }

  close(): string {
    return '';
  }
}

function encodeCsv(value: SqlValue): string {
  return value === null ? '' : quoteCsv(typeof value === 'object' ? encodeJson(value) : encodeText(value));
}

function quoteCsv(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
