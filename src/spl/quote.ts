/** The only two functions that put outside text into SQL. */

/** An identifier that DuckDB reads as exactly `name`. Throws on NUL, which no identifier may hold. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new Error('quoteIdentifier: expected a name without NUL.');
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A VARCHAR literal that DuckDB reads as exactly `value`. A NUL would end DuckDB's own text of the query, so it is written as
 * chr(0). Lone surrogates have no UTF-8 form: they become U+FFFD, as any encoder of the query would make them.
 */
export function quoteText(value: string): string {
  const parts = value.toWellFormed().split('\0');
  const literals = parts.map((part) => `'${part.replaceAll("'", "''")}'`);
  return literals.length === 1 ? (literals[0] ?? "''") : `concat(${literals.join(', chr(0), ')})`;
}
