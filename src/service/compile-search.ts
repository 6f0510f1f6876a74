/** One search typed by a person, compiled with the macros that ship or that the user wrote. */
import type { Lookup, Macro } from '../detect/index.ts';
import {
  type CompileResult,
  compile,
  type DrawnDiagnostic,
  type FieldRule,
  renderDiagnostic,
  type Source,
  type SplLimits,
} from '../spl/index.ts';

export interface CompileSearchOptions {
  readonly macros: ReadonlyMap<string, Macro>;
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** Fields that the content makes of events; none where left out. */
  readonly fieldRules?: readonly FieldRule[];
  readonly strictSplunk: boolean;
  /** Values of the `$name$` in the search. */
  readonly tokens?: ReadonlyMap<string, string> | undefined;
  /** Refuse a search that would write; default false. */
  readonly readOnly?: boolean;
  /** What a search may cost the compiler; its defaults where left out. */
  readonly limits?: Partial<SplLimits> | undefined;
}

/** Compiles under the session's window; the search's name in messages is `search`. */
export function compileSearch(text: string, options: CompileSearchOptions): CompileResult {
  return compile(searchSource(text), {
    macros: options.macros,
    lookups: options.lookups,
    ...(options.fieldRules && { fieldRules: options.fieldRules }),
    strict: options.strictSplunk,
    window: { kind: 'session' },
    ...(options.tokens && { tokens: options.tokens }),
    ...(options.readOnly === true && { readOnly: true }),
    ...(options.limits && { limits: options.limits }),
  });
}

/** The diagnostics of a search that did not compile, or its warnings, drawn into its text. */
export function printSearchDiagnostics(text: string, result: CompileResult): string {
  return printDiagnostics(text, result.ok ? result.warnings : result.diagnostics);
}

/** Diagnostics drawn into the text that they are about; `name` is what places call it. */
export function printDiagnostics(text: string, diagnostics: readonly DrawnDiagnostic[], name = 'search'): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { name, text })).join('\n');
}

function searchSource(text: string): Source {
  return { name: 'search', text };
}
