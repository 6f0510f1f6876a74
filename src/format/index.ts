/** Query results as text. Pure but for `writeText`, which waits for the stream it is given. */
export { encodeJson, encodeRow, encodeText, isList, readValue } from './encode-value.ts';
export { createRowFormat, type RowFormat, type RowFormatName } from './row-format.ts';
export { spreadColumns, spreadRow } from './spread-columns.ts';
export { type TextOutput, writeText } from './write-text.ts';
