/** Wildcards in field names: `*` stands for any run of characters. */

export function hasWildcard(name: string): boolean {
  return name.includes('*');
}

/** What each `*` of the pattern stands for in the name, or undefined where it does not match. The first star takes least. */
export function matchWildcard(pattern: string, name: string): readonly string[] | undefined {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return pattern === name ? [] : undefined;
  if (!name.startsWith(first)) return undefined;
  const found: string[] = [];
  let offset = first.length;
  for (const [index, part] of parts.slice(1).entries()) {
    const isLast = index === parts.length - 2;
    const at = isLast ? name.length - part.length : name.indexOf(part, offset);
    if (at < offset || !name.startsWith(part, at)) return undefined;
    found.push(name.slice(offset, at));
    offset = at + part.length;
  }
  return found;
}

/** The pattern with its stars replaced in order. */
export function fillWildcard(pattern: string, found: readonly string[]): string {
  let index = 0;
  return pattern.replace(/\*/g, () => found[index++] ?? '');
}
