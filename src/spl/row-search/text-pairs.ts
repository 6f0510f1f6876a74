/** The key=value pairs of a line of text that is no JSON: what the macro spl_pair_at finds, without SQL. */
import { isTooHeavy } from './json-weight.ts';

const KEY = /[A-Za-z0-9_.-]/;
/** Blanks are those of RE2. */
const VALUE = /"[^"]*"|(?:\([^\t\n\f\r ()]*\)|\[[^\t\n\f\r [\]]*\]|\{[^\t\n\f\r {}]*\}|[^\t\n\f\r ,;&"()[\]{}])+/y;

/** The value of the first pair of that name; undefined where there is none or the text is JSON. */
export function pairAt(line: string, name: string): string | undefined {
  const start = line.trimStart()[0];
  if (start === '{' || ((start === '[' || start === '"') && isJson(line))) return undefined;
  let behind = 0;
  for (let at = line.indexOf('='); at !== -1; at = line.indexOf('=', Math.max(at + 1, behind))) {
    let from = at;
    while (from > behind && KEY.test(line[from - 1] ?? '')) from -= 1;
    VALUE.lastIndex = at + 1;
    const value = from === at ? undefined : VALUE.exec(line)?.[0];
    if (value === undefined) continue;
    if (
      line
        .slice(from, at)
        .replace(/\W/g, '_')
        .replace(/^[_0-9]+/, '') === name
    )
      return value.replace(/^"(.*)"$/s, '$1');
    behind = at + 1 + value.length;
  }
  return undefined;
}

function isJson(text: string): boolean {
  if (isTooHeavy(text)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
