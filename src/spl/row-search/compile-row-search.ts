/**
 * A search expression as a test of single events, for the door: the same text, macros, datasets and meaning as in a
 * search, and nothing that needs more than the event itself.
 *
 *   [dataset=<name>] <expression>
 *
 * Refused: commands, time bounds and times, subsearches.
 */
import type { SearchExpression } from '../ast.ts';
import { ALL_EVENTS, type Dataset, datasetNames, findDataset } from '../catalogue.ts';
import { type Diagnostic, SplError } from '../diagnostics.ts';
import { fieldsOfSearch } from '../field-names.ts';
import type { FieldRule } from '../field-rule.ts';
import { DEFAULT_LIMITS, type SplLimits } from '../limits.ts';
import { type ExpandedText, expandMacros, type MacroTable } from '../macros.ts';
import { parse } from '../parser.ts';
import type { Source } from '../source.ts';
import { suggest } from '../suggestion.ts';
import { type EventRow, isFrom, ReadEvent } from './event-row.ts';
import { matchSearch } from './match-search.ts';

export interface RowSearchContext {
  readonly macros: MacroTable;
  /** Fields that the content makes of events: a rule that names one is refused. */
  readonly fieldRules?: readonly FieldRule[];
  /** Bounds on one search, each with a default. */
  readonly limits?: Partial<SplLimits>;
}

export interface RowSearch {
  readonly ok: true;
  /**
   * Whether the event matches. An event whose text begins as an object and cannot be read matches no search that looks into
   * it, under NOT neither: nobody knows what it holds.
   */
  readonly matches: (row: EventRow) => boolean;
  /** It names neither a dataset nor a condition: every event matches. */
  readonly matchesEverything: boolean;
  readonly warnings: readonly Diagnostic[];
}

/** Never throws for what a user wrote. */
export function compileRowSearch(
  source: Source,
  context: RowSearchContext,
): RowSearch | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  const limits: SplLimits = { ...DEFAULT_LIMITS, ...context.limits };
  let expanded: ExpandedText | undefined;
  try {
    checkLength(source.text, limits);
    expanded = expandMacros(source.text, context.macros, limits);
    const { search, warnings } = parse(expanded.text, limits);
    const [first, second] = search.commands;
    const other = first?.kind === 'SearchCommand' ? second : first;
    if (other !== undefined) {
      throw new SplError(
        'SPL320',
        `search: expected a search expression, found the command "${other.name}".`,
        other.span,
        'A rule sees one event at a time: fields, wildcards, networks, words, AND, OR, NOT, IN.',
      );
    }
    const expression = first?.kind === 'SearchCommand' ? first.expression : undefined;
    if (expression === undefined) {
      throw new SplError('SPL206', 'search: expected a search expression, found nothing.', search.span);
    }
    refuseMadeFields(expression, context.fieldRules ?? []);
    const { origin } = expanded;
    return {
      ok: true,
      ...compileTerms(termsOf(expression), limits),
      warnings: warnings.map((warning) => ({ ...warning, span: origin(warning.span) })),
    };
  } catch (error: unknown) {
    if (!(error instanceof SplError)) throw error;
    const { code, message, help } = error;
    const span = expanded === undefined ? error.span : expanded.origin(error.span);
    return {
      ok: false,
      diagnostics: [{ code, severity: 'error', message, span, ...(help !== undefined && { help }) }],
    };
  }
}

/** Such a field may stand over one of the event: what the rule would say without it is something else. */
function refuseMadeFields(expression: SearchExpression, rules: readonly FieldRule[]): void {
  const read = new Set(fieldsOfSearch(expression));
  for (const { fields, stanza, place } of rules) {
    const made = fields.find(({ name }) => read.has(name));
    if (made === undefined) continue;
    throw new SplError(
      'SPL320',
      `search: expected fields of the event itself, found "${made.name}", which [${stanza}] makes (${place}).`,
      expression.span,
    );
  }
}

function checkLength(text: string, { maxTextLength }: SplLimits): void {
  if (text.length <= maxTextLength) return;
  const span = { start: maxTextLength, end: text.length };
  throw new SplError('SPL110', `search: expected at most ${maxTextLength} characters, found ${text.length}.`, span);
}

function termsOf(expression: SearchExpression): readonly SearchExpression[] {
  return expression.kind === 'SearchAnd' ? expression.operands.flatMap(termsOf) : [expression];
}

function compileTerms(
  terms: readonly SearchExpression[],
  limits: SplLimits,
): Pick<RowSearch, 'matches' | 'matchesEverything'> {
  const conditions = terms.filter(({ kind }) => kind !== 'SearchDataset');
  const dataset = datasetOf(terms);
  const legs = dataset.tables.map(({ table, reading }) => ({
    table,
    reading,
    tests: conditions.map((term) => {
      if (term.kind !== 'SearchTime') return matchSearch(term, reading, limits);
      throw new SplError(
        'SPL320',
        `${term.bound}: expected a condition on the event, found a bound on time, which an event at the door does not have.`,
        term.span,
      );
    }),
  }));
  return {
    matches(row) {
      const leg = legs.find(({ table }) => table === row.table);
      if (leg === undefined || !isFrom(row, leg.reading)) return false;
      const event = new ReadEvent(row);
      return leg.tests.every((test) => test(event)) && !event.isUnsure;
    },
    matchesEverything: dataset === ALL_EVENTS && conditions.every(isEverything),
  };
}

function isEverything(term: SearchExpression): boolean {
  return term.kind === 'SearchKeyword' && /^\*+$/.test(term.text);
}

function datasetOf(terms: readonly SearchExpression[]): Dataset {
  const [first, second] = terms.filter((term) => term.kind === 'SearchDataset');
  if (first === undefined) return ALL_EVENTS;
  if (second !== undefined) {
    throw new SplError('SPL307', 'dataset: expected one dataset, found a second one.', second.span);
  }
  const known = datasetNames();
  const dataset = findDataset(first.value.text);
  if (dataset !== undefined) return dataset;
  throw new SplError(
    'SPL306',
    `dataset: expected ${known.join(', ')}, found "${first.value.text}".`,
    first.value.span,
    suggest(first.value.text, known),
  );
}
