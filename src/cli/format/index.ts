/** What commands print rows with. */
export { printable } from './printable.ts';
export { chooseFormat, type FormatName, formatNames, type ResultOutput, writeResult } from './write-result.ts';
