/**
 * JSON of whose repeated keys the first counts, as DuckDB has it; JSON.parse keeps the last. Texts that repeat none, nearly all, are
 * left to JSON.parse.
 */

/** The text is JSON, and `parsed` what JSON.parse makes of it. */
export function mayRepeatKeys(text: string, parsed: unknown): boolean {
  // An unescaped quote before a colon ends a key; one that begins a text with a colon counts too, which only costs time.
  const written = text.match(/(?<!\\)(?:\\\\)*"\s*:/g)?.length ?? 0;
  return written > 1 && written > countKeys(parsed);
}

function countKeys(parsed: unknown): number {
  let count = 0;
  const pending: unknown[] = [parsed];
  for (let value = pending.pop(); pending.length > 0 || value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (!Array.isArray(value)) count += members.length;
    for (const member of members) if (typeof member === 'object' && member !== null) pending.push(member);
  }
  return count;
}

const TOKEN = /\s*(?:([{}[\],:])|("[^"\\]*(?:\\.[^"\\]*)*")|([^\s{}[\],:"]+))/sy;

/** An object or array that is not closed yet. */
interface Open {
  readonly value: unknown[] | Record<string, unknown>;
  /** Of an object: the key whose value comes next. */
  key: string | undefined;
}

/** `text` is JSON; `scalar` reads a text, a number or a word of it. */
export function parseFirstKeys(text: string, scalar: (text: string) => unknown): unknown {
  const open: Open[] = [];
  let root: unknown;
  const put = (value: unknown): void => {
    const parent = open.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent.value)) parent.value.push(value);
    else if (parent.key !== undefined) {
      if (!Object.hasOwn(parent.value, parent.key)) parent.value[parent.key] = value;
      parent.key = undefined;
    }
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [, mark, quoted, word] = match;
    if (mark === '{' || mark === '[') {
      const value = mark === '[' ? [] : (Object.create(null) as Record<string, unknown>);
      put(value);
      open.push({ value, key: undefined });
    } else if (mark === '}' || mark === ']') open.pop();
    else if (mark === undefined) {
      const parent = open.at(-1);
      const isKey =
        quoted !== undefined && parent !== undefined && !Array.isArray(parent.value) && parent.key === undefined;
      if (isKey) parent.key = JSON.parse(quoted) as string;
      else put(scalar(quoted ?? word ?? ''));
    }
  }
  return root;
}
