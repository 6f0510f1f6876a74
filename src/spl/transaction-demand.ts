/** What transaction reads and what it makes. */
import type { TransactionCommand } from './ast.ts';
import { type Demand, need, withOrder, without } from './demand.ts';
import { fieldsOfEval, fieldsOfSearch, namesOf } from './field-names.ts';

/** Fields of a transaction that its rows do not have. */
export const MADE_FIELDS: readonly string[] = ['duration', 'eventcount', 'closed_txn'];

/** Of the rows, where `demand` is that of the transactions. */
export function transactionDemand(command: TransactionCommand, demand: Demand): Demand {
  const read = [command.startsWith, command.endsWith].flatMap((bound) =>
    bound === undefined ? [] : bound.kind === 'eval' ? fieldsOfEval(bound.condition) : fieldsOfSearch(bound.expression),
  );
  return withOrder(need(without(demand, MADE_FIELDS), ['_time', ...namesOf(command.fields), ...read]));
}
