/**
 * stats: one row per combination of BY values, with the results of functions over its rows; one row in all without BY.
 *
 *   stats [dedup_splitvals=<bool>] [partitions=<int>] <function>[(<field>)] [AS <field>] … [BY <field-list>]
 *
 * `partitions` changes nothing. Not supported: allnum, delim, prestats.
 */

import { checkNames, demandOfAggregations, lowerAggregations, parseAggregations, parseBy } from '../aggregation.ts';
import type { StatsCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need } from '../demand.ts';
import { column, type Expression, FALSE, NULL } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { ROW_COUNT } from '../functions/stats.ts';
import { type GroupKey, groupBy, keyExpression, keyField, keysPresent } from '../grouping.ts';
import type { Aggregate, Column } from '../plan.ts';
import { ColumnNames, type Field, type Relation } from '../relation.ts';
import { asKind, commonKind, textValue } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const stats: CommandSpec<StatsCommand> = {
  kind: 'StatsCommand',
  names: ['stats'],

  parse(input) {
    let dedupSplitValues = false;
    const next = () => input.optionalOption(['dedup_splitvals', 'partitions'], ['allnum', 'delim', 'prestats']);
    for (let option = next(); option !== undefined; option = next()) {
      if (option.name === 'dedup_splitvals') dedupSplitValues = input.boolean(option);
      // How Splunk divides the work, not what comes of it.
      else input.integer(option, 1);
    }
    const aggregations = parseAggregations(input);
    const by = parseBy(input);
    checkNames(aggregations, by, input.command);
    return { kind: 'StatsCommand', span: input.span, name: input.command, aggregations, by, dedupSplitValues };
  },

  demand(command) {
    return need(demandOfAggregations(command.aggregations), namesOf(command.by));
  },

  lower(command, input, scope) {
    return aggregate(command, input, scope, scope.label());
  },
};

/** Shared with eventstats, which joins the result back, and with chart and timechart. */
export function aggregate(
  command: Pick<StatsCommand, 'aggregations' | 'by' | 'dedupSplitValues'>,
  input: Relation,
  scope: CommandScope,
  label: string,
  seconds?: number,
): Relation {
  const read = demandOfAggregations(command.aggregations);
  const alsoRead = new Set(read.all ? input.fields.keys() : read.names.keys());
  const grouping = groupBy(command.by, input, scope, { dedupSplitValues: command.dedupSplitValues, alsoRead });
  // Without one of the keys no row is left, but the result still has its columns.
  const relation = grouping?.relation ?? input;
  const keys: readonly GroupKey[] =
    grouping?.keys ??
    command.by.map(({ name }) => ({ name, value: textValue({ op: 'cast', operand: NULL, type: 'varchar' }) }));
  const predicates: readonly Expression[] = grouping === undefined ? [FALSE] : keysPresent(keys, relation.node);
  const names = new ColumnNames();
  const fields = new Map<string, Field>();
  const keyColumns: Column[] = keys.map((key) => {
    const taken = names.take(key.name);
    fields.set(key.name, keyField(key, taken));
    return { name: taken, expression: keyExpression(key) };
  });
  const lowered = lowerAggregations(command.aggregations, relation, scope, seconds);
  const wanted = lowered.filter(({ name }) => scope.wants(name));
  const used = wanted.length === 0 && keys.length === 0 ? lowered.slice(0, 1) : wanted;
  const aggregates = used.map(({ name, value, certain }) => {
    const taken = names.take(name);
    const kind = commonKind([value]);
    const whole = value.kind === 'number' && value.whole === true;
    fields.set(name, { column: taken, kind, whole, certain: certain && 'rows' });
    return { name: taken, expression: asKind(value, kind) };
  });
  // A SELECT of nothing but constants would not aggregate: a row for each of its rows instead of one.
  if (keys.length === 0 && used.every(({ value }) => value.kind === 'null')) {
    aggregates.push({ name: names.take('rows'), expression: ROW_COUNT.expression });
  }
  const node: Aggregate = { kind: 'Aggregate', label, input: relation.node, predicates, keys: keyColumns, aggregates };
  const order = scope.demand.order
    ? keyColumns.map(({ name }) => ({ expression: column(name), descending: false }))
    : [];
  return {
    node,
    fields: ordered(
      fields,
      command,
      lowered.map(({ name }) => name),
    ),
    order,
    ofEvents: false,
  };
}

/** BY fields first, then the results as written. */
function ordered(
  fields: ReadonlyMap<string, Field>,
  command: Pick<StatsCommand, 'by'>,
  names: readonly string[],
): ReadonlyMap<string, Field> {
  const all = [...command.by.map(({ name }) => name), ...names];
  return new Map(
    all.flatMap((name) => {
      const field = fields.get(name);
      return field === undefined ? [] : [[name, field] as const];
    }),
  );
}
