/** The fields that a line of text writes as key=value: Splunk's automatic extraction, as docs/spl.md states it. */

/** Of a key that comes twice the first. */
export function pairsIn(line: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const keys = /[A-Za-z0-9_.-]+=/y;
  for (let at = 0; at < line.length; ) {
    keys.lastIndex = at;
    const key = keys.exec(line)?.[0];
    if (key === undefined) {
      at += 1;
      while (/[A-Za-z0-9_.-]/.test(line[at - 1] ?? '') && /[A-Za-z0-9_.-]/.test(line[at] ?? '')) at += 1;
      continue;
    }
    const start = at + key.length;
    const closing = line[start] === '"' ? line.indexOf('"', start + 1) : -1;
    const end = closing === -1 ? endOfValue(line, start) : closing + 1;
    const name = key
      .slice(0, -1)
      .replace(/\W/g, '_')
      .replace(/^[_0-9]+/, '');
    const value = closing === -1 ? line.slice(start, end) : line.slice(start + 1, closing);
    if (end > start && !pairs.has(name)) pairs.set(name, value);
    at = end;
  }
  return pairs;
}

const BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A bracket belongs to the value where it is closed again before a blank or another of its kind. */
function endOfValue(line: string, start: number): number {
  let at = start;
  while (at < line.length && !/[\s,;&")\]}]/.test(line[at] ?? '')) {
    const closing = BRACKETS[line[at] ?? ''];
    if (closing === undefined) {
      at += 1;
      continue;
    }
    const end = line.indexOf(closing, at);
    const inner = end === -1 ? undefined : line.slice(at + 1, end);
    if (inner === undefined || /\s/.test(inner) || inner.includes(line[at] ?? '')) return at;
    at = end + 1;
  }
  return at;
}
