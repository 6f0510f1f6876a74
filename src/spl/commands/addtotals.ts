/**
 * addtotals: the sum of each row's numbers, and of each field's. addcoltotals: of each field's only.
 *
 *   addtotals [row=<bool>] [fieldname=<field>] [col=<bool>] [labelfield=<field>] [label=<text>] [<field-list>]      Total by default
 *   addcoltotals [labelfield=<field>] [label=<text>] [<field-list>]
 *
 * Wildcards, and no list, once the fields are known; then without those that begin with an underscore. What is no number counts
 * nothing; a row without numbers has 0, a field without numbers no sum. The row of sums stands behind all others, with the label in
 * `labelfield`, where one is named; no rows have no sums.
 */
import type { AddtotalsCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, cast, column, type Expression, number, text } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import type { Column, PlanNode } from '../plan.ts';
import { ColumnNames, type Field, fieldValue, type Relation } from '../relation.ts';
import { appendRows } from '../union.ts';
import { asNumber, numberValue } from '../value.ts';
import { hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

export const addtotals: CommandSpec<AddtotalsCommand> = {
  kind: 'AddtotalsCommand',
  names: ['addtotals', 'addcoltotals'],

  parse(input) {
    const onlyColumns = input.command.toLowerCase() === 'addcoltotals';
    const known = onlyColumns ? ['labelfield', 'label'] : ['fieldname', 'row', 'col', 'labelfield', 'label'];
    let output = 'Total';
    let hasRow = !onlyColumns;
    let hasColumn = onlyColumns;
    let label = 'Total';
    let labelField: string | undefined;
    for (;;) {
      const option = input.optionalOption(known);
      if (option === undefined) break;
      if (option.name === 'fieldname') output = option.value.text;
      else if (option.name === 'row') hasRow = input.boolean(option);
      else if (option.name === 'col') hasColumn = input.boolean(option);
      else if (option.name === 'label') label = option.value.text;
      else labelField = option.value.text;
    }
    const fields = input.fieldList([], true);
    return {
      kind: 'AddtotalsCommand',
      span: input.span,
      name: input.command,
      fields,
      output: hasRow ? output : undefined,
      column: hasColumn ? { label, labelField } : undefined,
    };
  },

  demand(command, demand) {
    const { output } = command;
    const isRead = output !== undefined && wants(demand, output);
    if (!isRead && command.column === undefined) return demand;
    const plain = namesOf(command.fields).filter((name) => !hasWildcard(name));
    const made = output === undefined ? demand : without(demand, [output]);
    const rest = isRead ? need(made, plain) : made;
    return plain.length === command.fields.length && plain.length > 0 ? rest : { ...rest, all: true };
  },

  lower(command, input, scope) {
    const names = summedFields(command, input, scope);
    const rows =
      command.output === undefined
        ? input
        : withTotals(
            command.output,
            names,
            input,
            command.column === undefined ? scope : scope.step('totals', scope.demand),
          );
    if (command.column === undefined) return rows;
    const summed = new Set([...names, ...(command.output === undefined ? [] : [command.output])]);
    return appendRows(rows, columnTotals(command.column, summed, rows, scope), scope);
  },
};

function summedFields(command: AddtotalsCommand, input: Relation, scope: CommandScope): readonly string[] {
  const patterns = command.fields.filter(({ name }) => hasWildcard(name));
  const isOpen = command.fields.length === 0 || patterns.length > 0;
  if (isOpen && input.ofEvents) {
    throw new SplError(
      'SPL310',
      `${command.name}: expected names, found a list that would have to cover every field of every event.`,
      patterns[0]?.span ?? command.span,
      `Name the fields, or put ${command.name} behind stats.`,
    );
  }
  const matches = (name: string): boolean =>
    !name.startsWith('_') &&
    (command.fields.length === 0 || patterns.some((pattern) => matchWildcard(pattern.name, name) !== undefined));
  const covered = isOpen ? [...input.fields].filter(([name]) => matches(name)).map(([name]) => name) : [];
  for (const field of command.fields) if (!hasWildcard(field.name)) scope.read(input, field);
  return [...new Set([...covered, ...namesOf(command.fields)])];
}

function withTotals(output: string, names: readonly string[], input: Relation, scope: CommandScope): Relation {
  if (!scope.wants(output)) return input;
  const numbers = names.flatMap((name): readonly Expression[] => {
    const field = input.fields.get(name);
    return field === undefined ? [] : [call('coalesce', cast(asNumber(fieldValue(field)), 'double'), number(0))];
  });
  const total = numbers.reduce((sum, item) => binary('+', sum, item), cast(number(0), 'double'));
  const made = { name: output, value: numberValue(total), kind: 'number', certain: 'rows' } as const;
  return scope.extend(input, [made]);
}

/** One row, or none of no rows. */
function columnTotals(
  { label, labelField }: NonNullable<AddtotalsCommand['column']>,
  names: ReadonlySet<string>,
  input: Relation,
  scope: CommandScope,
): Relation {
  const taken = new ColumnNames();
  const fields = new Map<string, Field>();
  const aggregates: Column[] = [];
  for (const [name, field] of input.fields) {
    if (!names.has(name) || name === labelField || !scope.wants(name)) continue;
    const own = taken.take(name);
    const numbers = cast(asNumber(fieldValue(field)), 'double');
    aggregates.push({ name: own, expression: { op: 'aggregate', call: { name: 'sum', arguments: [numbers] } } });
    fields.set(name, { column: own, kind: 'number', whole: false, certain: false });
  }
  const rows = taken.take('rows');
  aggregates.push({ name: rows, expression: { op: 'aggregate', call: { name: 'count', arguments: [] } } });
  const sums: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('sums'),
    input: input.node,
    predicates: [],
    keys: [],
    aggregates,
  };
  const relation: Relation = { node: sums, fields, order: [], ofEvents: input.ofEvents };
  const last = scope.step('last', scope.demand).filter(relation, [binary('>', column(rows), number(0))]);
  if (labelField === undefined || !scope.wants(labelField)) return last;
  const labelled = { name: labelField, value: { kind: 'text', expression: text(label) }, kind: 'text' } as const;
  return scope.step('label', scope.demand).extend(last, [{ ...labelled, certain: 'rows' }]);
}
