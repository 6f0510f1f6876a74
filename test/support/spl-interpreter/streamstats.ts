/** streamstats (rule 24): the functions of stats over the rows so far, in the rows' order. */
import type { StreamstatsCommand } from '../../../src/spl/ast.ts';
import { aggregate } from './aggregation.ts';
import { membersOf } from './field-value.ts';
import { refuse } from './refusal.ts';
import type { Row, Settings, Table } from './row.ts';

/** `window` counts rows of the same BY values; a row without a BY field keeps no value and is in no window. */
export function streamStats(command: StreamstatsCommand, table: Table, settings: Settings): Table {
  const before = new Map<string, Row[]>();
  return {
    ...table,
    rows: table.rows.map((row) => {
      const values = command.by.map(({ name }) => membersOf(row.get(name)));
      if (values.some((members) => members.length > 1)) return refuse('streamstats by a field with several values');
      const nothing = command.aggregations.map(({ output }) => [output.name, undefined] as const);
      if (values.some((members) => members.length === 0)) return row.with(nothing);
      const key = JSON.stringify(values);
      const seen = before.get(key) ?? [];
      before.set(key, [...seen, row]);
      const all = command.current ? [...seen, row] : seen;
      return row.with(
        aggregate(command.aggregations, command.window === 0 ? all : all.slice(-command.window), settings),
      );
    }),
  };
}
