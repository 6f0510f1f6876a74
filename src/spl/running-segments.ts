/** What streamstats counts over: segments between resets, and the places that a window over the rows of all groups counts. */
import type { StreamstatsCommand } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { lowerCondition } from './evaluate.ts';
import { binary, column, type Expression, type SortTerm } from './expression.ts';
import type { Column } from './plan.ts';
import { ColumnNames, carryOrder, type Field, fieldValue, type Relation } from './relation.ts';

export interface Segments {
  /** The rows with the columns below beside their fields. */
  readonly relation: Relation;
  /** Rows of one segment agree in all of these. */
  readonly partitionBy: readonly Expression[];
  /** The row's number among those that have the BY fields (and are of its group, where each has its own window), where the window needs it. */
  readonly place?: Expression;
}

/** `keys` and `present`, whether a row has all of them, are of the input's columns. */
export function segmentRows(
  command: StreamstatsCommand,
  keys: readonly Expression[],
  present: Expression,
  input: Relation,
  scope: CommandScope,
): Segments {
  const { resetBefore, resetAfter } = command;
  const isNumbered = command.timeWindow !== undefined || (command.isGlobal && command.window > 0 && keys.length > 0);
  const changes = command.resetOnChange && keys.length > 0;
  if (resetBefore === undefined && resetAfter === undefined && !changes && !isNumbered) {
    return { relation: input, partitionBy: [] };
  }
  const names = new ColumnNames();
  const columns: Column[] = [];
  const fields = new Map<string, Field>();
  for (const [name, field] of input.fields) {
    const taken = names.take(name);
    columns.push({ name: taken, expression: fieldValue(field).expression });
    fields.set(name, { ...field, column: taken });
  }
  const order = carryOrder(input.order, columns, names);
  const add = (name: string, expression: Expression): Expression => {
    const taken = names.take(name);
    columns.push({ name: taken, expression });
    return column(taken);
  };
  const partitionBy = [
    ...(resetBefore === undefined
      ? []
      : [add('reset', countSoFar(lowerCondition(resetBefore, input, scope), input.order, true))]),
    ...(resetAfter === undefined
      ? []
      : [add('reset', countSoFar(lowerCondition(resetAfter, input, scope), input.order, false))]),
    // Of neighbours with the same values the two numbers grow alike.
    ...(changes
      ? [add('run', binary('-', placeAmong([present], input.order), placeAmong([present, ...keys], input.order)))]
      : []),
  ];
  const place = isNumbered ? add('place', placeAmong(placedAmong(command, keys, present), input.order)) : undefined;
  const node = { kind: 'Project', label: scope.label('segments'), input: input.node, columns } as const;
  return { relation: { ...input, node, fields, order }, partitionBy, ...(place === undefined ? {} : { place }) };
}

/** Rows that agree in these are numbered together. */
export function placedAmong(
  { isGlobal, window }: StreamstatsCommand,
  keys: readonly Expression[],
  present: Expression,
): readonly Expression[] {
  return isGlobal || window === 0 ? [present] : [present, ...keys];
}

/** In how many rows up to this one the condition held. */
function countSoFar(condition: Expression, orderBy: readonly SortTerm[], current: boolean): Expression {
  return {
    op: 'window',
    call: { name: 'count', arguments: [], filter: condition },
    partitionBy: [],
    orderBy,
    frame: { current },
  };
}

function placeAmong(partitionBy: readonly Expression[], orderBy: readonly SortTerm[]): Expression {
  return { op: 'window', call: { name: 'row_number', arguments: [] }, partitionBy, orderBy };
}
