/** Literals in the tree of `json_serialize_sql` (DuckDB 1.5). */

type Tree = Readonly<Record<string, unknown>>;

/** The number of a constant, also behind a sign or a cast. */
export function numberOf(expression: unknown): number | undefined {
  const tree = expression as Tree | undefined;
  if (tree?.class === 'CAST') return numberOf(tree.child);
  if (tree?.class === 'FUNCTION' && (tree.function_name === '-' || tree.function_name === '+')) {
    const [only, ...more] = tree.children as readonly unknown[];
    const value = more.length === 0 ? numberOf(only) : undefined;
    return value !== undefined && tree.function_name === '-' ? -value : value;
  }
  const value = constantOf(tree);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textOf(expression: unknown): string | undefined {
  const value = constantOf(expression as Tree | undefined);
  return typeof value === 'string' ? value : undefined;
}

function constantOf(tree: Tree | undefined): unknown {
  if (tree?.class !== 'CONSTANT') return undefined;
  return (tree.value as Tree | undefined)?.value;
}

/** A constant, also behind casts, signs and interval functions. */
export function isLiteral(expression: unknown): boolean {
  const tree = expression as Tree;
  if (tree.class === 'CONSTANT') return true;
  if (tree.class === 'CAST') return isLiteral(tree.child);
  const literalFunctions = /^(?:[-+]|trunc|to_\w+)$/;
  if (tree.class !== 'FUNCTION' || !literalFunctions.test(String(tree.function_name))) return false;
  return (tree.children as readonly unknown[]).every(isLiteral);
}
