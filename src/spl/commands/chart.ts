/**
 * chart: stats by one field.
 *
 *   chart <function>[(<field>)] [AS <field>] … [BY <field> | OVER <field>]
 *
 * Not supported: a second field, whose values would become columns that nobody knows before the search runs; `_time` as the field,
 * which Splunk puts into ranges of its own choosing; all options, which concern the second field.
 */
import { checkNames, parseAggregations, parseBy } from '../aggregation.ts';
import type { Arguments } from '../arguments.ts';
import type { FieldName, StatsCommand } from '../ast.ts';
import { SplError } from '../diagnostics.ts';

const UNSUPPORTED = ['agg', 'aligntime', 'bins', 'cont', 'dedup_splitvals', 'end', 'format', 'limit', 'minspan', 'nullstr', 'otherstr', 'sep', 'span', 'start', 'useother', 'usenull']; // biome-ignore format: a flat list

export function parseChart(input: Arguments): StatsCommand {
  input.optionalOption([], UNSUPPORTED);
  const aggregations = parseAggregations(input);
  const over = input.optionalWord('over') === undefined ? [] : [input.expectPlainField()];
  const by = [...over, ...parseBy(input)];
  const [field, second] = by;
  if (second !== undefined) throw splitRefused(input.command, second);
  if (field?.name === '_time') {
    throw new SplError(
      'SPL316',
      'chart: expected another field than _time, which Splunk puts into ranges of its own choosing.',
      field.span,
      'Write timechart span=1h …, or bin and stats.',
    );
  }
  checkNames(aggregations, by, input.command);
  return { kind: 'StatsCommand', span: input.span, name: input.command, aggregations, by, dedupSplitValues: false };
}

/** Columns named after the values of a field cannot be known before the search runs. */
export function splitRefused(command: string, field: FieldName): SplError {
  return new SplError(
    'SPL316',
    `${command}: expected no field whose values become columns, found "${field.name}".`,
    field.span,
    'stats … BY gives the same numbers as rows.',
  );
}
