/** What one search may cost the compiler. Exceeding a bound is a diagnostic, never a crash. */
export interface SplLimits {
  /** UTF-16 units of the search as written. */
  readonly maxTextLength: number;
  /** UTF-16 units after macros are expanded. */
  readonly maxExpandedLength: number;
  /** Macros within macros. */
  readonly maxMacroDepth: number;
  readonly maxTokens: number;
  /** Parentheses, NOTs and calls within one another. */
  readonly maxNesting: number;
  /** Commands, and so CTEs, of one search. */
  readonly maxCommands: number;
  /** Fields that are known at one point of a search. */
  readonly maxFields: number;
  /** BY fields that may hold several values: each multiplies the rows by its own. */
  readonly maxSplitFields: number;
  /** Ways in which one dotted field name may be read as keys of a JSON document. */
  readonly maxPathReadings: number;
  /** Those of all names of a search. */
  readonly maxSearchReadings: number;
  /** Parts of the SQL's expressions, with the macros' texts in their place. */
  readonly maxExpressionSize: number;
  /** UTF-16 units of the SQL. */
  readonly maxSqlLength: number;
}

export const DEFAULT_LIMITS: SplLimits = {
  maxTextLength: 262_144,
  maxExpandedLength: 1_048_576,
  maxMacroDepth: 16,
  maxTokens: 50_000,
  maxNesting: 100,
  maxCommands: 200,
  maxFields: 2_000,
  maxSplitFields: 16,
  maxPathReadings: 1_024,
  maxSearchReadings: 8_192,
  maxExpressionSize: 1_000_000,
  maxSqlLength: 16_777_216,
};
