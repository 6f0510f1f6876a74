/**
 * A second way to the rows of a search, row by row and without SQL, after the rules of the SPL reference. It is slow and simple on
 * purpose: the compiler is checked against it.
 */
import type { Search, SearchExpression } from '../../../src/spl/ast.ts';
import { DEFAULT_LIMITS } from '../../../src/spl/limits.ts';
import { expandMacros, type MacroTable } from '../../../src/spl/macros.ts';
import { parse } from '../../../src/spl/parser.ts';
import { runCommand } from './commands.ts';
import { refuse } from './refusal.ts';
import { Row, type Settings, type Table } from './row.ts';
import { DATASETS, EventFields, type StoredEvent } from './stored-event.ts';

export { Refusal } from './refusal.ts';
export { Row, type Settings } from './row.ts';
export type { StoredEvent } from './stored-event.ts';

export function parseSearch(text: string, macros: MacroTable): Search {
  return parse(expandMacros(text, macros, DEFAULT_LIMITS).text, DEFAULT_LIMITS).search;
}

/** `events` in order of arrival. Throws Refusal for what it does not know. */
export function interpret(search: Search, events: readonly StoredEvent[], settings: Settings): readonly Row[] {
  const first = search.commands[0];
  const names = first?.kind === 'SearchCommand' ? datasetsOf(first.expression) : [];
  const name = names.length === 1 ? (names[0] ?? '') : refuse('a search that names not exactly one dataset');
  const rules = DATASETS[name] ?? refuse(`the dataset ${name}`);
  const rows = events
    .map((event, arrival) => ({ event, arrival }))
    .filter(({ event }) => rules.holds(event))
    .sort((left, right) => right.event.time - left.event.time || right.arrival - left.arrival)
    .map(({ event }) => new Row(new EventFields(event, rules)));
  const existing: ReadonlySet<string> = new Set(settings.strict ? [] : rules.typed);
  return search.commands.reduce<Table>((table, command) => runCommand(command, table, settings), { rows, existing })
    .rows;
}

function datasetsOf(expression: SearchExpression | undefined): readonly string[] {
  switch (expression?.kind) {
    case 'SearchDataset':
      return [expression.value.text];
    case 'SearchAnd':
      return expression.operands.flatMap(datasetsOf);
    case 'SearchTime':
      return refuse('a window within the search');
    default:
      return [];
  }
}
