/**
 * SPL text to DuckDB SQL text. Pure: no I/O, no clock, no database.
 *
 * | stage  | function       | in                | out                                             |
 * |--------|----------------|-------------------|-------------------------------------------------|
 * | expand | `expandMacros` | text, macros      | text with origin spans                          |
 * | parse  | `parse`        | text              | AST, every node with its span                   |
 * | lower  | `lower`        | AST, context      | plan: relational nodes with their output fields |
 * | print  | `printSql`     | plan              | one SELECT of named CTEs                        |
 * | all    | `compile`      | source, context   | SQL and its fields, or diagnostics              |
 */
import type { Diagnostic } from './diagnostics.ts';
import type { SplLimits } from './limits.ts';
import type { Source } from './source.ts';

export type { Diagnostic, DiagnosticCode, Severity } from './diagnostics.ts';
export { DEFAULT_LIMITS, type SplLimits } from './limits.ts';
export { renderDiagnostic } from './render-diagnostic.ts';
export type { Source, Span } from './source.ts';

export interface MacroDefinition {
  readonly definition: string;
  /** Names of the arguments, written `$name$` in the definition. */
  readonly arguments: readonly string[];
}

/** By name, or `name(N)` for a macro of N arguments, as Splunk's stanzas are named. */
export type MacroTable = ReadonlyMap<string, MacroDefinition>;

/**
 * Where the window comes from: the session variables `earliest`, `latest` and `now` (TIMESTAMP, UTC); where they are
 * unset, a detection reads its row of `detection_window`, a session is unbounded and has no `now()`.
 */
export type WindowBinding = { readonly kind: 'session' } | { readonly kind: 'detection'; readonly name: string };

export interface CompileContext {
  readonly macros: MacroTable;
  /** Follow Splunk to the letter where its rules make a detection blind. */
  readonly strict: boolean;
  readonly window: WindowBinding;
  readonly limits?: Partial<SplLimits>;
}

/** text: VARCHAR; number: DOUBLE or BIGINT; list: VARCHAR[], never empty. */
export type FieldKind = 'text' | 'number' | 'list' | 'unknown';

export interface OutputField {
  readonly name: string;
  readonly kind: FieldKind;
}

export type CompileResult =
  | {
      readonly ok: true;
      /** One SELECT, without a semicolon. Columns are `fields`, in their order. */
      readonly sql: string;
      readonly fields: readonly OutputField[];
      /** Names of the datasets it reads. */
      readonly datasets: readonly string[];
      /** Names of the commands, in order. */
      readonly commands: readonly string[];
      readonly usesIpLocation: boolean;
      /**
       * Final names of the BY fields that tell the rows apart (the last stats, top, rare or dedup, through later
       * renames), so that a row keeps its identity when only its counts change. Absent where nothing grouped the rows
       * or a key field was dropped or computed anew.
       */
      readonly keyFields?: readonly string[];
      readonly warnings: readonly Diagnostic[];
      /** The plan as indented text. */
      readonly plan: string;
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Never throws for what a user wrote; throws only for a defect of the compiler. */
export function compile(source: Source, context: CompileContext): CompileResult {
  void context;
  return {
    ok: false,
    diagnostics: [
      {
        code: 'SPL203',
        severity: 'error',
        message: 'search: no command is supported yet.',
        span: { start: 0, end: source.text.length },
      },
    ],
  };
}
