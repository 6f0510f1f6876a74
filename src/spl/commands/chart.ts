/**
 * chart: the functions of stats by one field, or by two: a row for each value of the first, a column for each of the second.
 *
 *   chart <function>[(<field>)] [AS <field>] … [OVER <field>] [BY <field> [<field>]] [<option>=<value>] …
 *
 * The options concern the second field and may stand first or last: `limit=` (10; 0 is all; `top5`, `bottom5`), `useother=`,
 * `otherstr=` (OTHER), `usenull=`, `nullstr=` (NULL), `sep=` (`: `). Without `AS` and with several functions a column is called
 * `<function>: <value>`.
 *
 * Not supported: `_time` as the field of the rows, which Splunk puts into ranges of its own choosing; more than 1,000 columns, an
 * error when the search runs; ranges (`span`, `bins` and their kin), `agg`, `cont`, `dedup_splitvals`, `format`, WHERE.
 */
import { checkNames, demandOfAggregations, parseAggregations } from '../aggregation.ts';
import type { ChartCommand, FieldName } from '../ast.ts';
import { need } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { namesOf } from '../field-names.ts';
import { lowerCells, SplitOptions, spreadCells } from '../split.ts';
import type { CommandSpec } from './command.ts';
import { aggregate } from './stats.ts';

const UNSUPPORTED = [
  'agg',
  'aligntime',
  'bins',
  'cont',
  'dedup_splitvals',
  'end',
  'format',
  'minspan',
  'span',
  'start',
];

export const chart: CommandSpec<ChartCommand> = {
  kind: 'ChartCommand',
  names: ['chart'],

  parse(input) {
    const options = new SplitOptions();
    while (options.take(input, [], UNSUPPORTED) !== undefined);
    const aggregations = parseAggregations(input);
    const fields: FieldName[] = [];
    if (input.optionalWord('over') !== undefined) fields.push(input.expectPlainField());
    const hasBy = input.optionalWord('by') !== undefined;
    const before = fields.length;
    while (!input.isEnd()) {
      if (options.take(input, [], UNSUPPORTED) !== undefined) continue;
      if (!hasBy || fields.length === 2) {
        throw input.context.unexpected('chart', 'an option or the end', input.context.peek('arguments'));
      }
      if (fields.length > before) input.skipComma();
      fields.push(input.expectPlainField());
    }
    if (hasBy && fields.length === before) throw input.missing('at least one field after BY');
    const by = fields.slice(0, 1);
    const [row, second] = fields;
    if (second !== undefined && second.name === row?.name) {
      throw new SplError('SPL312', `chart: expected two fields, found "${second.name}" twice.`, second.span);
    }
    if (row?.name === '_time') {
      throw new SplError(
        'SPL316',
        'chart: expected another field than _time, which Splunk puts into ranges of its own choosing.',
        row.span,
        'Write timechart span=1h …, or bin and stats.',
      );
    }
    if (second === undefined && options.used !== undefined) {
      throw new SplError('SPL316', 'chart: expected no option of a second field, found no such field.', options.used);
    }
    checkNames(aggregations, by, 'chart');
    const split = second === undefined ? undefined : options.of(second);
    return { kind: 'ChartCommand', span: input.span, name: input.command, aggregations, by, split };
  },

  demand({ aggregations, by, split }) {
    return need(demandOfAggregations(aggregations), [
      ...namesOf(by),
      ...(split === undefined ? [] : [split.field.name]),
    ]);
  },

  lower(command, input, scope) {
    const [over] = command.by;
    const { split } = command;
    if (over === undefined || split === undefined) {
      return aggregate({ ...command, dedupSplitValues: false }, input, scope, scope.label());
    }
    const cells = lowerCells({ ...command, over, split }, input, scope);
    return spreadCells(cells, { node: cells.rows, column: cells.over.column }, { over, split }, scope);
  },
};
