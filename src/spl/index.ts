/**
 * SPL text to DuckDB SQL text. Pure: no I/O, no clock, no database.
 *
 * | stage  | function       | in                | out                                             |
 * |--------|----------------|-------------------|-------------------------------------------------|
 * | expand | `expandMacros` | text, macros      | text with origin spans                          |
 * | parse  | `parse`        | expanded text     | AST, every node with its span                   |
 * | lower  | `lower`        | AST, settings     | plan: relational nodes with their output fields |
 * | print  | `printSql`     | plan              | one SELECT of named CTEs                        |
 * | all    | `compile`      | source, context   | SQL and its fields, or diagnostics              |
 */
import type { Command, Search } from './ast.ts';
import { type Diagnostic, SplError } from './diagnostics.ts';
import { ErrorLog, MOST_ERRORS } from './error-log.ts';
import type { FieldRule } from './field-rule.ts';
import { keyFieldsOf } from './key-fields.ts';
import { DEFAULT_LIMITS, type SplLimits } from './limits.ts';
import type { LookupTables } from './lookup-table.ts';
import { findLookupWrite, type LookupWrite } from './lookup-write.ts';
import { lower } from './lower.ts';
import { type ExpandedText, expandMacros, type MacroTable } from './macros.ts';
import { measurePlan } from './measure.ts';
import { inOrder } from './node-order.ts';
import { parse } from './parser.ts';
import type { Plan } from './plan.ts';
import { printPlan, printSql } from './print-sql.ts';
import type { Source, Span } from './source.ts';
import { searchesOf } from './subsearches.ts';
import type { OwnBounds, WindowBinding } from './time-window.ts';

export { datasetNames } from './catalogue.ts';
export { commandNames } from './commands/index.ts';
export type { Diagnostic, DiagnosticCode, Severity } from './diagnostics.ts';
export { SQL_FUNCTIONS } from './expression.ts';
export type { FieldRule, FieldRuleSource } from './field-rule.ts';
export { type FieldRules, readFieldRules } from './field-rules.ts';
export { functionNames } from './functions/index.ts';
export { DEFAULT_LIMITS, type SplLimits } from './limits.ts';
export { LOOKUP_ROW, type LookupTable, type LookupTables } from './lookup-table.ts';
export type { LookupWrite } from './lookup-write.ts';
export type { MacroDefinition, MacroTable } from './macros.ts';
export { type DrawnDiagnostic, renderDiagnostic } from './render-diagnostic.ts';
export { compileRowSearch, type RowSearch } from './row-search/compile-row-search.ts';
export type { EventRow } from './row-search/event-row.ts';
export type { Source, Span } from './source.ts';
export { readTimeModifier, type TimeModifier, type TimeStep, type TimeUnit } from './time-modifier-text.ts';
export type { OwnBounds, WindowBinding } from './time-window.ts';

export interface CompileContext {
  readonly macros: MacroTable;
  /** Follow Splunk to the letter where its rules make a detection blind. */
  readonly strict: boolean;
  readonly window: WindowBinding;
  /** Tables that `lookup` and `inputlookup` may name; none where left out. */
  readonly lookups?: LookupTables;
  /** Fields that the content makes of events (`readFieldRules`); none where left out. */
  readonly fieldRules?: readonly FieldRule[];
  /** Values of the `$name$` in the search, put in as text; one without a value is refused. */
  readonly tokens?: ReadonlyMap<string, string>;
  /** Refuse a search that would write (outputlookup). */
  readonly readOnly?: boolean;
  /** Bounds on one search, each with a default. */
  readonly limits?: Partial<SplLimits>;
}

/**
 * text: VARCHAR; number: DOUBLE or BIGINT; list: VARCHAR[], never empty; columns: STRUCT(name VARCHAR, value …)[], the cells of
 * fields that are not known before the search runs, the same names in every row.
 */
export type FieldKind = 'text' | 'number' | 'list' | 'columns' | 'unknown';

export interface OutputField {
  readonly name: string;
  readonly kind: FieldKind;
}

export type CompileResult =
  | {
      readonly ok: true;
      /** One SELECT, without a semicolon. Its columns are `fields`, in their order. */
      readonly sql: string;
      readonly fields: readonly OutputField[];
      /** The field of kind `columns`, where there is one: whoever shows rows by field puts its cells in its place. */
      readonly spread?: string;
      /** Names of the datasets it reads. */
      readonly datasets: readonly string[];
      /** The times that it reads: of each search within it that reads events, those that are alike once. */
      readonly ownBounds: readonly OwnBounds[];
      /** Names of the commands, in order. */
      readonly commands: readonly string[];
      /** SQL tables of the lookups that it reads. */
      readonly lookupTables: readonly string[];
      /** Where the search ends in outputlookup: what is to be done with its rows. The SQL only reads. */
      readonly writes?: LookupWrite;
      readonly usesIpLocation: boolean;
      /**
       * Final names of the BY fields that tell the rows apart, so that a row keeps its identity when only its counts
       * change. Absent where nothing grouped the rows or a key field was dropped or computed anew.
       */
      readonly keyFields?: readonly string[];
      readonly warnings: readonly Diagnostic[];
      /** The plan as indented text. */
      readonly plan: string;
    }
  /** At least one, in the order of the text: of each command that has an error the first, up to MOST_ERRORS. */
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** DuckDB gives up at 1,000; its own forms of one of our levels take up to two. */
const DEEPEST_EXPRESSION = 450;

/** Never throws for what a user wrote; throws only for a defect of the compiler. */
export function compile(source: Source, context: CompileContext): CompileResult {
  const limits: SplLimits = { ...DEFAULT_LIMITS, ...context.limits };
  const errors = new ErrorLog(MOST_ERRORS);
  let expanded: ExpandedText | undefined;
  try {
    if (source.text.length > limits.maxTextLength) {
      const span = { start: limits.maxTextLength, end: source.text.length };
      throw new SplError(
        'SPL110',
        `search: expected at most ${limits.maxTextLength} characters, found ${source.text.length}.`,
        span,
      );
    }
    const text = expandMacros(source.text, context.macros, limits, errors, context.tokens);
    if (!errors.isEmpty) return { ok: false, diagnostics: toDiagnostics(errors.errors, undefined) };
    expanded = text;
    const { search, warnings } = parse(text.text, limits, errors, text.filled);
    const lookups = context.lookups ?? new Map();
    const { strict, window, fieldRules = [] } = context;
    const lowered = lower(search, { strict, limits, window, lookups, fieldRules }, errors);
    if (lowered === undefined) return { ok: false, diagnostics: toDiagnostics(errors.errors, expanded) };
    const writes = findLookupWrite(search, lowered.fields, lookups);
    if (writes !== undefined && context.readOnly === true) throw onlyReads(search);
    const sql = print(lowered.plan, search.span, limits);
    const keyFields = keyFieldsOf(
      search,
      lowered.fields.map(({ name }) => name),
    );
    return {
      ok: true,
      sql,
      fields: lowered.fields,
      ...(lowered.spread === undefined ? {} : { spread: lowered.spread }),
      ...(keyFields === undefined ? {} : { keyFields }),
      datasets: lowered.datasets,
      ownBounds: lowered.ownBounds,
      commands: everyCommand(search).map(({ name }) => name.toLowerCase()),
      lookupTables: lookupTablesOf(lowered.plan, context.lookups),
      ...(writes === undefined ? {} : { writes }),
      usesIpLocation: everyCommand(search).some(({ kind }) => kind === 'IplocationCommand'),
      warnings: [...warnings, ...lowered.warnings].map((warning) => ({ ...warning, span: text.origin(warning.span) })),
      plan: printPlan(lowered.plan),
    };
  } catch (error: unknown) {
    if (!(error instanceof SplError)) throw error;
    return { ok: false, diagnostics: toDiagnostics([...errors.errors, error], expanded) };
  }
}

function onlyReads(search: Search): SplError {
  return new SplError(
    'SPL316',
    'outputlookup: expected a search that only reads, found one that writes.',
    search.commands.at(-1)?.span ?? search.span,
    'A baseline of the detections writes on its schedule, and pintail search with --db into that database.',
  );
}

/** Those of subsearches behind the command that holds them. */
function everyCommand(search: Search): readonly Command[] {
  return search.commands.flatMap((command) => [command, ...searchesOf(command).flatMap(everyCommand)]);
}

function lookupTablesOf(plan: Plan, lookups: LookupTables = new Map()): readonly string[] {
  const known = new Set([...lookups.values()].map(({ table }) => table));
  const read = inOrder(plan.root).flatMap((node) => (node.kind === 'Scan' ? node.legs.map(({ table }) => table) : []));
  return [...new Set(read.filter((table) => known.has(table)))].sort();
}

/** The SQL, within the bounds: they are checked before a text is made that might not fit into memory. */
function print(plan: Plan, span: Span, limits: SplLimits): string {
  const size = measurePlan(plan);
  if (size.depth > DEEPEST_EXPRESSION) {
    throw new SplError(
      'SPL113',
      `search: expected expressions of at most ${DEEPEST_EXPRESSION} levels, found ${size.depth}.`,
      span,
    );
  }
  const sql = size.nodes > limits.maxExpressionSize ? undefined : printSql(plan);
  if (sql !== undefined && sql.length <= limits.maxSqlLength) return sql;
  const found = sql === undefined ? `expressions of ${size.nodes} parts` : `${sql.length} characters`;
  throw new SplError(
    'SPL116',
    `search: expected SQL of at most ${limits.maxExpressionSize} parts and ${limits.maxSqlLength} characters, found ${found}.`,
    span,
  );
}

/** In the order of the text; what a macro says twice is said once. */
function toDiagnostics(errors: readonly SplError[], expanded: ExpandedText | undefined): readonly Diagnostic[] {
  const diagnostics = new Map<string, Diagnostic>();
  for (const error of errors) {
    const diagnostic = toDiagnostic(error, expanded);
    diagnostics.set(JSON.stringify(diagnostic), diagnostic);
  }
  return [...diagnostics.values()].sort((one, other) => one.span.start - other.span.start);
}

/** Spans of errors in the macros are in the source already, all others in the expanded text. */
function toDiagnostic(error: SplError, expanded: ExpandedText | undefined): Diagnostic {
  const { code, message, help } = error;
  const span = expanded === undefined ? error.span : expanded.origin(error.span);
  return { code, severity: 'error', message, span, ...(help === undefined ? {} : { help }) };
}
