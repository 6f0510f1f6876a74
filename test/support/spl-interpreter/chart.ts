/** chart: stats by one field, or a table of two, whose columns are the values of the second. */
import type { Aggregation, ChartCommand, Split } from '../../../src/spl/ast.ts';
import { aggregate, spellOut } from './aggregation.ts';
import { compareText, type FieldValue, membersOf, numberIn } from './field-value.ts';
import { groupRows } from './grouping.ts';
import { Row, type Settings, type Table } from './row.ts';

interface SplitCommand {
  readonly aggregations: readonly Aggregation[];
  readonly split: Split;
  /** The name of the rows' field. */
  readonly over: string;
}

export function chart(command: ChartCommand, rows: readonly Row[], settings: Settings): Table {
  const names = command.by.map(({ name }) => name);
  const groups = names.length === 0 ? [{ key: [], rows }] : groupRows(rows, names, false);
  const { split } = command;
  const [over] = names;
  const made =
    split === undefined || over === undefined
      ? groups.map((group) =>
          Row.of([
            ...names.map((name, index) => [name, group.key[index]] as const),
            ...aggregate(command.aggregations, group.rows, settings),
          ]),
        )
      : splitRows(
          { ...command, split, over },
          groups.map(({ key, rows: found }) => [key[0], found]),
          settings,
        );
  return { rows: made, existing: new Set() };
}

/** A column for each of the best values, one for the rows without a value, one for all others. */
export function splitRows(
  { aggregations: written, split, over }: SplitCommand,
  groups: readonly (readonly [FieldValue, readonly Row[]])[],
  settings: Settings,
  seconds?: number,
): readonly Row[] {
  const aggregations = spellOut(
    written,
    groups.flatMap(([, rows]) => rows),
  );
  // A row of several values stands in each of their columns.
  const placed = groups.map(([key, rows]) => ({
    key,
    rows: rows.flatMap((row) => {
      const members: readonly (string | undefined)[] = membersOf(row.get(split.field.name));
      return (members.length === 0 ? [undefined] : members).map((value) => ({ row, value }));
    }),
  }));
  const rowsOf = (rows: (typeof placed)[number]['rows'], value: string) =>
    rows.filter((item) => item.value === value).map(({ row }) => row);
  const values = [...new Set(placed.flatMap(({ rows }) => rows.flatMap(({ value }) => value ?? [])))].sort(compareText);
  const score = (value: string): number =>
    placed.reduce((sum, { rows }) => {
      const found = rowsOf(rows, value);
      if (found.length === 0) return sum;
      if (aggregations.length > 1) return sum + found.length;
      const [[, result] = []] = [...aggregate(aggregations, found, settings, seconds)];
      const members = membersOf(result);
      return sum + (members.length === 1 ? (numberIn(members[0] ?? '') ?? 0) : 0);
    }, 0);
  const scores = new Map(values.map((value) => [value, score(value)]));
  const sign = split.keep === 'top' ? -1 : 1;
  const ranked = [...values].sort((left, right) => sign * ((scores.get(left) ?? 0) - (scores.get(right) ?? 0)));
  const kept = new Set(split.limit === 0 ? values : ranked.slice(0, split.limit));
  const seriesOf = (value: string | undefined): string | undefined => {
    if (value === undefined) return split.missing;
    if (!kept.has(value)) return split.other;
    if (value.startsWith('_')) return `VALUE${value}`;
    return value === over ? `VALUE_${value}` : value;
  };
  const series = [...new Set(placed.flatMap(({ rows }) => rows.flatMap(({ value }) => seriesOf(value) ?? [])))];
  return placed.map(({ key, rows }) =>
    Row.of([
      [over, key],
      ...series.flatMap((name) => {
        const found = rows.filter(({ value }) => seriesOf(value) === name).map(({ row }) => row);
        return [...aggregate(aggregations, found, settings, seconds)].map(
          ([title, value]) => [aggregations.length === 1 ? name : `${title}${split.separator}${name}`, value] as const,
        );
      }),
    ]),
  );
}
