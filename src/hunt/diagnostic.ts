/** What is wrong with a caller's query, as it leaves in a problem document. */

/** The shape that SQL and SPL diagnostics share; offsets count UTF-16 units of the query, half-open. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly span?: { readonly start: number; readonly end: number } | undefined;
  readonly help?: string | undefined;
}

/** The caller's query is wrong: answered 400 with its diagnostics. */
export class QueryRefusal extends Error {
  override readonly name = 'QueryRefusal';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join(' '), options);
    this.diagnostics = diagnostics;
  }
}

/** `SQL101` is no single SELECT, `SQL102` a part that is not allowed, `SQL103` a bound. */
export type SqlCode = 'SQL101' | 'SQL102' | 'SQL103';

/** Throws a QueryRefusal; `byteOffset` into the query's UTF-8 is NaN where it is not known. */
export type RefuseSql = (code: SqlCode, message: string, byteOffset: number, help?: string) => never;
