/** `--format`: a result as a table, NDJSON, JSON or CSV on standard output. */
import type { SqlColumn, SqlRow } from '../../component.ts';
import { createRowFormat, type TextOutput, writeText } from '../../format/index.ts';
import { UsageError } from '../command.ts';
import { TableFormat } from './table-format.ts';

export const formatNames = ['table', 'ndjson', 'json', 'csv'] as const;

export type FormatName = (typeof formatNames)[number];

/** Standard output, or a file. `columns` is the terminal's width. */
export type ResultOutput = TextOutput & { readonly isTTY?: boolean; readonly columns?: number };

/** The format that was asked for; by default a table on a terminal, NDJSON in a pipe. Throws UsageError. */
export function chooseFormat(asked: string | undefined, output: { readonly isTTY?: boolean }): FormatName {
  if (asked === undefined) return output.isTTY === true ? 'table' : 'ndjson';
  const format = formatNames.find((name) => name === asked);
  if (format !== undefined) return format;
  const expected = `--format: expected ${formatNames.join(', ')}`;
  if (asked === 'parquet') {
    throw new UsageError(`${expected}, found parquet, which is planned and not supported yet.`);
  }
  throw new UsageError(`${expected}, found "${asked}".`);
}

/**
 * Writes a result at the reader's speed, without holding more of it than a table's first rows; resolves to the
 * number of rows. Rejects with the error's code `EPIPE` when the reader has gone; `chunks` is then closed.
 */
export async function writeResult(
  format: FormatName,
  output: ResultOutput,
  columns: readonly SqlColumn[],
  chunks: AsyncIterable<readonly SqlRow[]> | Iterable<readonly SqlRow[]>,
): Promise<number> {
  const terminalWidth = output.isTTY === true ? (output.columns ?? 80) : null;
  const printer = format === 'table' ? new TableFormat(terminalWidth) : createRowFormat(format);
  let rowCount = 0;
  await writeText(output, printer.open(columns));
  for await (const chunk of chunks) {
    rowCount += chunk.length;
    await writeText(output, printer.rows(chunk));
  }
  await writeText(output, printer.close());
  return rowCount;
}
