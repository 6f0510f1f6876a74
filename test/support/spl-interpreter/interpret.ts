/**
 * A second way to the rows of a search, row by row and without SQL, after the rules of the SPL reference. It is slow and simple on
 * purpose: the compiler is checked against it.
 */
import type { Search, SearchExpression } from '../../../src/spl/ast.ts';
import { DEFAULT_LIMITS } from '../../../src/spl/limits.ts';
import { expandMacros, type MacroTable } from '../../../src/spl/macros.ts';
import { parse, parseTemplate } from '../../../src/spl/parser.ts';
import { runCommand } from './commands.ts';
import { refuse } from './refusal.ts';
import { Row, type Settings, type Table } from './row.ts';
import { DATASETS, type DatasetRules, EventFields, type StoredEvent } from './stored-event.ts';
import { expandSubsearch } from './subsearch.ts';
import { relativeTime } from './time.ts';

export { Refusal } from './refusal.ts';
export { Row, type Settings } from './row.ts';
export type { StoredEvent } from './stored-event.ts';

export function parseSearch(text: string, macros: MacroTable): Search {
  return parse(expandMacros(text, macros, DEFAULT_LIMITS).text, DEFAULT_LIMITS).search;
}

/** `events` in order of arrival. Throws Refusal for what it does not know. */
export function interpret(search: Search, events: readonly StoredEvent[], settings: Settings): readonly Row[] {
  const known = new Map<Search, SearchExpression | undefined>();
  const expanded = (inner: Search): SearchExpression | undefined => {
    if (!known.has(inner)) known.set(inner, expandSubsearch(inner, runSearch));
    return known.get(inner);
  };
  const runSearch = (inner: Search, table?: Table): Table => {
    const parseCommands = (text: string) => parseTemplate(text, DEFAULT_LIMITS).commands;
    const bounds = boundsOf(inner, settings);
    const scope = { ...settings, ...bounds, runSearch, parseCommands, expandSubsearch: expanded };
    return inner.commands.reduce<Table>(
      (found, command) => runCommand(command, found, scope),
      table ?? scan(inner, events, scope),
    );
  };
  return runSearch(search).rows;
}

/** The dataset's events in the window, newest first; of equal times the later arrival first. Without a dataset all events. */
function scan(search: Search, events: readonly StoredEvent[], { earliest, latest, strict }: Settings): Table {
  const first = search.commands[0];
  // Other commands that stand first have rows of their own.
  if (first?.kind !== 'SearchCommand') return { rows: [], existing: new Set() };
  const names = termsOf(first.expression, 'SearchDataset').map(([, text]) => text);
  if (names.length > 1) return refuse('a search that names two datasets');
  const rules = (names.length === 0 ? ['kube_audit', 'logs'] : names).map(
    (name) => DATASETS[name] ?? refuse(`the dataset ${name}`),
  );
  const rows = events
    .flatMap((event, arrival) => rules.filter((own) => own.holds(event)).map((own) => ({ event, arrival, own })))
    .filter(({ event }) => event.time >= (earliest ?? -Infinity) && event.time < (latest ?? Infinity))
    .sort((left, right) => right.event.time - left.event.time || right.arrival - left.arrival)
    .map(({ event, arrival, own }) => new Row(new EventFields(event, own), undefined, [event.time, arrival]));
  return { rows, existing: new Set(strict ? [] : rules.flatMap(existingNames)) };
}

/** The typed columns, also under the names that an add-on gives them. */
function existingNames({ typed, aliases }: DatasetRules): readonly string[] {
  const others = Object.entries(aliases).filter(([, real]) => typed.includes(real));
  return [...typed, ...others.map(([name]) => name)];
}

/** Bounds that the search names itself take the place of the window's (rule 50). */
function boundsOf(search: Search, { now }: Settings): Pick<Settings, 'earliest' | 'latest'> {
  const first = search.commands[0];
  const terms = first?.kind === 'SearchCommand' ? termsOf(first.expression, 'SearchTime') : [];
  return Object.fromEntries(
    terms.map(([bound, text]) => {
      if (text === 'now') return [bound, now];
      return [bound, /^\d+$/.test(text) ? Number(text) : relativeTime(now, text)];
    }),
  );
}

/** Terms at the top of the expression: what they bind, and their text. */
function termsOf(
  expression: SearchExpression | undefined,
  kind: 'SearchDataset' | 'SearchTime',
): readonly (readonly [string, string])[] {
  if (expression?.kind === 'SearchAnd') return expression.operands.flatMap((operand) => termsOf(operand, kind));
  if (expression?.kind !== kind) return [];
  return [[expression.kind === 'SearchTime' ? expression.bound : 'dataset', expression.value.text]];
}
