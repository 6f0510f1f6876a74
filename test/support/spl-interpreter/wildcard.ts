/** `*` in names and values. */

/** What the stars stand for; undefined where the name does not match. */
export function matchStars(pattern: string, name: string): readonly string[] | undefined {
  return starPattern(pattern, 's').exec(name)?.slice(1);
}

export function starPattern(pattern: string, flags: string): RegExp {
  const source = pattern.split('*').map(escapeRegExp).join('(.*)');
  return new RegExp(`^${source}$`, flags);
}

export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Names chosen by a list that may hold wildcards; `*` never touches names that begin with `_`. */
export function isChosen(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => pattern === name || matchesName(pattern, name));
}

function matchesName(pattern: string, name: string): boolean {
  if (!pattern.includes('*') || (name.startsWith('_') && !pattern.startsWith('_'))) return false;
  return matchStars(pattern, name) !== undefined;
}
