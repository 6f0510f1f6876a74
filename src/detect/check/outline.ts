/**
 * A search read but not compiled: its AST with places in its file, and what it reads of each dataset. What cannot be
 * parsed has no outline; the compiler's diagnostics say why.
 */
import type { Command, Search, SearchCommand, SearchComparison, SearchExpression } from '../../spl/ast.ts';
import type { Settings } from '../../spl/command-scope.ts';
import { type Demand, EVERYTHING, only } from '../../spl/demand.ts';
import { SplError } from '../../spl/diagnostics.ts';
import { fieldsOfSearch } from '../../spl/field-names.ts';
import { DEFAULT_LIMITS, type SplLimits } from '../../spl/limits.ts';
import type { LookupTables } from '../../spl/lookup-table.ts';
import { demandOfCommands } from '../../spl/lower.ts';
import { type ExpandedText, expandMacros, type MacroTable } from '../../spl/macros.ts';
import { parse } from '../../spl/parser.ts';
import { locate, type Span } from '../../spl/source.ts';
import type { Detection } from '../detection.ts';
import { sourceOf } from '../run/compile-detection.ts';
import type { Place, Reading } from './report.ts';

export interface Outline {
  readonly detection: Detection;
  readonly search: Search;
  /** The search and its subsearches, outermost first. */
  readonly searches: readonly Search[];
  /** Of those that read data, in the order of `searches`. */
  readonly scans: readonly ScanOutline[];
  /** Text with macros expanded, as written behind the spans of the AST. */
  textOf(span: Span): string;
  /** The place in the detection's file. */
  placeOf(span: Span): Place;
}

export interface ScanOutline extends Reading {
  readonly search: Search;
  readonly first: SearchCommand;
  /** Terms of the first search that say which rows are read: `dataset=`, `sourcetype=`, … as SPL text. */
  readonly scope: string;
}

/** A node of the AST. */
export interface AstNode {
  readonly kind: string;
  readonly span: Span;
}

/** Which rows a search reads: the metadata that Splunk files every event under. */
const metadataFields = new Set(['index', 'source', 'sourcetype', 'host', 'cluster']);

/** Undefined where the search cannot be parsed. */
export function outlineOf(
  detection: Detection,
  macros: MacroTable,
  lookups: LookupTables = new Map(),
  limits: SplLimits = DEFAULT_LIMITS,
): Outline | undefined {
  const parsed = parseSearch(detection.search, macros, limits);
  if (parsed === undefined) return undefined;
  const settings = { strict: false, limits, lookups, window: { kind: 'session' } } as const;
  const { expanded, search } = parsed;
  const source = sourceOf(detection);
  const searches = [...nodesOf(search)].filter((node): node is Search => node.kind === 'Search');
  const textOf = ({ start, end }: Span): string => expanded.text.slice(start, end);
  return {
    detection,
    search,
    searches,
    scans: searches.flatMap((one) => scanOf(one, textOf, settings)),
    textOf,
    placeOf(span) {
      const { line, column } = locate(source, expanded.origin(span).start);
      return { file: detection.file, line, column };
    },
  };
}

/** Undefined where it cannot be parsed. */
export function parseSearch(
  text: string,
  macros: MacroTable,
  limits: SplLimits = DEFAULT_LIMITS,
): { readonly expanded: ExpandedText; readonly search: Search } | undefined {
  try {
    const expanded = expandMacros(text, macros, limits);
    return { expanded, search: parse(expanded.text, limits).search };
  } catch (error: unknown) {
    if (error instanceof SplError) return undefined;
    throw error;
  }
}

/** The node and everything below it, in the order of the text. */
export function* nodesOf(node: AstNode): Generator<AstNode> {
  yield node;
  for (const value of Object.values(node)) yield* nodesWithin(value);
}

/** Parts of commands without a kind of their own (aggregations, renames) are no nodes, but hold some. */
function* nodesWithin(value: unknown): Generator<AstNode> {
  if (typeof value !== 'object' || value === null) return;
  if ('kind' in value && 'span' in value) yield* nodesOf(value as AstNode);
  else for (const inner of Object.values(value)) yield* nodesWithin(inner);
}

function scanOf(search: Search, textOf: (span: Span) => string, settings: Settings): readonly ScanOutline[] {
  const [first, ...rest] = search.commands;
  if (first?.kind !== 'SearchCommand') return [];
  const demand = demandOf(rest, EVERYTHING, settings);
  const extraction = rest.findIndex(makesAnyField);
  // Behind a command that may make any field, a name need not be one of the data.
  const certain = extraction === -1 ? demand : demandOf(rest.slice(0, extraction + 1), only([], false), settings);
  // A field that rex captures is left as it is where nothing matches, so its demand asks the data for it too.
  const captured = new Set(rest.flatMap(capturedBy));
  const handedOn = neededBy(certain).filter((name) => !captured.has(name));
  const fields = [...new Set([...handedOn, ...fieldsOfSearch(first.expression)])].sort();
  const terms = conjunctsOf(first.expression);
  const scope = terms.filter(bindsRows).map(({ span }) => textOf(span));
  return [
    {
      search,
      first,
      dataset: terms.find((term) => term.kind === 'SearchDataset')?.value.text ?? 'events',
      fields,
      extracted:
        extraction === -1
          ? []
          : neededBy(demand)
              .filter((name) => !fields.includes(name))
              .sort(),
      everything: demand.all,
      scope: scope.join(' '),
    },
  ];
}

/** What the commands need of the rows that the first search hands on, so that `demand` is met at their end. */
function demandOf(commands: readonly Command[], demand: Demand, settings: Settings): Demand {
  try {
    return demandOfCommands(commands, demand, settings);
  } catch (error: unknown) {
    // It does not compile either, and says why there; what can be read of it is the first search.
    if (error instanceof SplError) return only([], false);
    throw error;
  }
}

function neededBy({ names }: Demand): readonly string[] {
  return [...names].flatMap(([name, strength]) => (strength === 'needed' ? [name] : []));
}

/** Commands whose new fields are named by the data. */
const fieldMakers: ReadonlySet<string> = new Set(['extract', 'kv', 'fromjson', 'lookup', 'multikv', 'xmlkv', 'xpath']);

function makesAnyField(command: Command): boolean {
  return (command.kind === 'SpathCommand' && command.path === undefined) || fieldMakers.has(command.name.toLowerCase());
}

/** Names that a rex gives to what it captures. */
export function capturedBy(command: Command): readonly string[] {
  if (command.kind !== 'RexCommand' || command.action.kind !== 'extract') return [];
  return [...command.action.pattern.value.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)].map((match) => match[1] ?? '');
}

/** Terms of which all must hold. */
export function conjunctsOf(expression: SearchExpression | undefined): readonly SearchExpression[] {
  if (expression === undefined) return [];
  return expression.kind === 'SearchAnd' ? expression.operands.flatMap(conjunctsOf) : [expression];
}

export function bindsRows(term: SearchExpression): boolean {
  return term.kind === 'SearchDataset' || (isEquality(term) && metadataFields.has(term.field.name));
}

function isEquality(term: SearchExpression): term is SearchComparison {
  return term.kind === 'SearchComparison' && term.operator === '=';
}
