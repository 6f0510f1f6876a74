/** Which keys the objects of a request hold, so that a search for one need not read the events without it. */

/** Longer lists are not kept: what they say is not worth their room. */
const MOST_KEYS = 512;
const MOST_CHARACTERS = 4096;

/** By code: 1 for a letter, a digit, `_` and `-`. */
const KEY_END = Uint8Array.from({ length: 128 }, (_, code) => (/[\w-]/.test(String.fromCharCode(code)) ? 1 : 0));

/**
 * The ends of the keys in requestObject and responseObject, and of those behind them, sorted, each once and between spaces. An end
 * is a key's last letters, digits, `_` and `-`: field names do not tell where a key with dots begins. Null where that is not known:
 * an escape may hide letters (`\u0061`), and repeated keys hide others from a parser, so this reads the text.
 */
export function readObjectKeys(event: string): string | null {
  const first = /"(?:request|response)Object"/.exec(event);
  if (first === null || event.includes('\\u') || /"\s+:/.test(event)) return null;
  const keys = new Set<string>();
  const behind = first.index + first[0].length;
  for (let end = event.indexOf('":', behind); end >= 0; end = event.indexOf('":', end + 2)) {
    let start = end;
    while (start > behind && KEY_END[event.charCodeAt(start - 1)] === 1) start--;
    keys.add(event.slice(start, end));
    // The letter may belong to an escape: \n.
    if (event[start - 1] === '\\') keys.add(event.slice(start + 1, end));
    if (keys.size > MOST_KEYS) return null;
  }
  keys.delete('');
  const list = keys.size === 0 ? ' ' : ` ${[...keys].sort().join(' ')} `;
  return list.length > MOST_CHARACTERS ? null : list;
}
