/** Compiles a search and runs it over the events of a test. */
import { type CompileResult, compile, type MacroDefinition, renderDiagnostic } from '../../src/spl/index.ts';
import type { EventTables, Json } from './golden-events.ts';

export interface SearchOptions {
  readonly strict?: boolean;
  readonly macros?: ReadonlyMap<string, MacroDefinition>;
}

export function compileSearch(text: string, options: SearchOptions = {}): CompileResult {
  return compile(
    { name: 'test', text },
    { macros: options.macros ?? new Map(), strict: options.strict ?? false, window: { kind: 'session' } },
  );
}

/** The SQL; throws with the drawn diagnostics where the search is refused. */
export function sqlOf(text: string, options: SearchOptions = {}): string {
  const result = compileSearch(text, options);
  if (result.ok) return result.sql;
  throw new Error(result.diagnostics.map((item) => renderDiagnostic(item, { name: 'test', text })).join('\n'));
}

export function search(
  tables: EventTables,
  text: string,
  options: SearchOptions = {},
): Promise<readonly Record<string, Json>[]> {
  return tables.query(sqlOf(text, options));
}
