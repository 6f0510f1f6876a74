/** What a backslash means in a regular expression, and what stands in brackets: PCRE's spelling, in RE2's where the two agree. */

/** In RE2's spelling, and how much of the pattern it took. */
export interface Piece {
  readonly text: string;
  readonly length: number;
}

/** What RE2 does not have, or reads otherwise. */
export interface Misfit {
  readonly misfit: string;
}

const CLASSES = 'dDsSwW';
const CHARACTERS = 'afnrt0';
const PLACES = 'AbBzC';
const POSIX = new Set([
  'alnum', 'alpha', 'ascii', 'blank', 'cntrl', 'digit', 'graph', 'lower', 'print', 'punct', 'space', 'upper', 'word', 'xdigit',
]); // biome-ignore format: a flat list
const CATEGORY = /^(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Any)$/;

/** At a backslash outside of brackets. */
export function readEscape(pattern: string, start: number): Piece | Misfit {
  const quote = /^\\Q(.*?)(?:\\E|$)/s.exec(pattern.slice(start));
  if (quote !== null) return { text: literal(quote[1] ?? ''), length: quote[0].length };
  if (pattern.startsWith('\\E', start)) return { text: '', length: 2 };
  return readCharacter(pattern, start, CLASSES + CHARACTERS + PLACES);
}

/** At an opening bracket, up to the one that closes it, or to the end of the pattern. */
export function readClass(pattern: string, start: number): Piece | Misfit {
  // A closing bracket that comes first is a character; escaped, it is one to every reader.
  const [opening = '[', isNegated = '', first = ''] = /^\[(\^?)(\]?)/.exec(pattern.slice(start, start + 3)) ?? [];
  let text = `[${isNegated}${first === '' ? '' : '\\]'}`;
  let offset = start + opening.length;
  /** What the next member may be the end of. */
  let before: 'nothing' | 'character' | 'range' = first === '' ? 'nothing' : 'character';
  while (offset < pattern.length && pattern[offset] !== ']') {
    const [posix, , name] = /^\[([:.=])\^?([^\]]*?)\1\]/.exec(pattern.slice(offset, offset + 32)) ?? [];
    if (posix !== undefined && !(posix.startsWith('[:') && POSIX.has(name ?? ''))) return { misfit: `"${posix}"` };
    const piece = posix === undefined ? readMember(pattern, offset) : { text: posix, length: posix.length };
    if ('misfit' in piece) return piece;
    const isClass = posix !== undefined || /^\\[dDsSwWpP]/.test(piece.text);
    if (isClass && before === 'range') return { misfit: `a range that ends in "${piece.text}"` };
    if (isClass || before === 'range') before = 'nothing';
    else before = piece.text === '-' && before === 'character' ? 'range' : 'character';
    text += piece.text;
    offset += piece.length;
  }
  return { text: pattern[offset] === ']' ? `${text}]` : text, length: offset + 1 - start };
}

function readMember(pattern: string, offset: number): Piece | Misfit {
  if (pattern[offset] !== '\\') return { text: pattern[offset] ?? '', length: 1 };
  // Here it is the backspace.
  if (pattern[offset + 1] === 'b') return { text: '\\x08', length: 2 };
  return readCharacter(pattern, offset, CLASSES + CHARACTERS);
}

function readCharacter(pattern: string, start: number, letters: string): Piece | Misfit {
  const rest = pattern.slice(start, start + 64);
  const property = /^\\[pP](?:\{\^?([^}]*)\}|([A-Z]))/.exec(rest);
  if (property !== null) {
    const name = property[1] ?? property[2] ?? '';
    if (CATEGORY.test(name) || isScript(name)) return { text: property[0], length: property[0].length };
    return { misfit: `"${property[0]}"` };
  }
  const code = /^\\x(?:[0-9A-Fa-f]{2}|\{0*(?:10|[0-9A-Fa-f])?[0-9A-Fa-f]{1,4}\})/.exec(rest)?.[0];
  if (code !== undefined) return { text: code, length: code.length };
  const escaped = String.fromCodePoint(rest.codePointAt(1) ?? 92);
  if (/^[A-Za-z0-9]$/.test(escaped) && !letters.includes(escaped)) return { misfit: `"\\${escaped}"` };
  // RE2 takes a backslash before ASCII only.
  const isAscii = (escaped.codePointAt(0) ?? 0) < 128;
  return { text: isAscii ? rest.slice(0, 2) : escaped, length: 1 + escaped.length };
}

function isScript(name: string): boolean {
  if (!/^[A-Z][A-Za-z_]{2,}$/.test(name)) return false;
  try {
    return new RegExp(`\\p{Script=${name}}`, 'u') !== undefined;
  } catch {
    return false;
  }
}

function literal(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
