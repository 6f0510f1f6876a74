/**
 * The rows of transactions: which take part, and what decides where each belongs.
 *
 * Rows that have none of the fields are dropped; one that has only some of them is an error when the search runs. Rows are
 * taken newest first; `startswith` and `endswith` are looked at in each row by itself.
 */
import type { TransactionBound, TransactionCommand } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { SplError } from './diagnostics.ts';
import { lowerCondition } from './evaluate.ts';
import {
  and,
  binary,
  call,
  cast,
  column,
  type Expression,
  FALSE,
  isNotNull,
  number,
  or,
  type SortTerm,
  TRUE,
  text,
  window,
} from './expression.ts';
import { namesOf } from './field-names.ts';
import type { PlanNode } from './plan.ts';
import { lowerSearch } from './predicate.ts';
import { type ColumnNames, type Field, fieldValue, type Relation } from './relation.ts';
import { singleValue } from './single-value.ts';
import { transactionDemand } from './transaction-demand.ts';
import { asNumber, type Value } from './value.ts';

/** The rows that take part: with all fields, and with a time. One that has only some of the fields fails the search. */
export function takePart(command: TransactionCommand, input: Relation, scope: CommandScope, time: Value): Relation {
  const keys = command.fields.map((field) => singleValue('transaction', field, input, scope));
  return scope.step('present', scope.demand).filter(input, [hasKeys(command, keys), isNotNull(asNumber(time))]);
}

/** All fields, or none; how a row that has some of them joins others depends on which of those came first. */
function hasKeys(command: TransactionCommand, keys: readonly Value[]): Expression {
  if (keys.length === 0) return TRUE;
  if (keys.some(({ kind }) => kind === 'null')) return FALSE;
  const all = and(keys.map(({ expression }) => isNotNull(expression)));
  if (keys.length === 1) return all;
  const names = namesOf(command.fields).join(', ');
  const message = `transaction: expected rows that have all of ${names}, or none, found one that has only some; filter them first.`;
  const some = or(keys.map(({ expression }) => isNotNull(expression)));
  const fails = binary('=', cast(call('error', text(message)), 'bigint'), number(1));
  return {
    op: 'case',
    whens: [
      { condition: all, result: TRUE },
      { condition: some, result: fails },
    ],
    otherwise: FALSE,
  };
}

/** The rows with what decides where they belong, under names that are free. */
export interface Members {
  readonly node: PlanNode;
  readonly fields: ReadonlyMap<string, Field>;
  readonly names: ColumnNames;
  readonly keys: readonly Expression[];
  readonly time: Expression;
  /** From 1, the newest first. */
  readonly place: Expression;
  readonly starts: Expression;
  readonly ends: Expression;
  readonly ofEvents: boolean;
}

export function markMembers(command: TransactionCommand, input: Relation, scope: CommandScope): Members {
  const own = transactionDemand(command, scope.demand);
  const { columns, names, fields } = scope
    .step('members', own)
    .passThrough(input, (name) => scope.wants(name) || name === '_time' || namesOf(command.fields).includes(name));
  const given = fieldValue(input.fields.get('_time') ?? missing());
  const add = (name: string, expression: Expression): Expression => {
    const taken = names.take(name);
    columns.push({ name: taken, expression });
    return column(taken);
  };
  const newestFirst: readonly SortTerm[] = [{ expression: asNumber(given), descending: true }, ...input.order];
  const members = {
    fields,
    names,
    keys: command.fields.flatMap(({ name }) => {
      const field = fields.get(name);
      return field === undefined ? [] : [column(field.column)];
    }),
    time: add('time', asNumber(given)),
    place: add('place', window('row_number', [], { orderBy: newestFirst })),
    starts: add('starts', satisfied(command.startsWith, input, scope)),
    ends: add('ends', satisfied(command.endsWith, input, scope)),
    ofEvents: input.ofEvents,
  };
  return { ...members, node: { kind: 'Project', label: scope.label('members'), input: input.node, columns } };
}

function missing(): never {
  throw new Error('transaction: expected _time to have been looked for.');
}

function satisfied(bound: TransactionBound | undefined, input: Relation, scope: CommandScope): Expression {
  if (bound === undefined) return FALSE;
  const condition =
    bound.kind === 'eval'
      ? lowerCondition(bound.condition, input, scope)
      : lowerSearch(bound.expression, {
          read: (field) => scope.read(input, field),
          raw: () => {
            const raw = input.fields.get('_raw');
            return raw === undefined ? undefined : column(raw.column);
          },
          subsearch({ subsearch }) {
            throw new SplError(
              'SPL207',
              'transaction: expected a condition on one row, found a subsearch.',
              subsearch.span,
              'Mark the rows before it: eval starts=if(…).',
            );
          },
        });
  return call('coalesce', condition, FALSE);
}
