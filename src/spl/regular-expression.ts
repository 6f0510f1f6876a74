/** Regular expressions: SPL's are PCRE, DuckDB's are RE2. What RE2 cannot do is refused; the rest is the same but for the names of groups. */
import { SplError } from './diagnostics.ts';
import { type Misfit, type Piece, readClass, readEscape } from './regular-escape.ts';
import type { Span } from './source.ts';

const UNSUPPORTED: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^\(\?(?:=|!|<=|<!)/, what: 'look-around' },
  { pattern: /^\(\?>/, what: 'an atomic group' },
  { pattern: /^\(\?\|/, what: 'a branch reset' },
  { pattern: /^\(\?\(/, what: 'a condition' },
  { pattern: /^\(\?(?:R|[+-]?\d|&|P>|P=)/, what: 'a reference to a group' },
  { pattern: /^\(\?#/, what: 'a comment' },
  { pattern: /^\(\*/, what: 'a control verb' },
];

/** Groups within one another, and groups that capture. RE2 itself takes 1,000 levels. */
const MOST_LEVELS = 100;
const MOST_GROUPS = 100;
const MOST_REPETITIONS = 1_000;

export interface Pattern {
  /** In RE2's spelling, every group by number. */
  readonly text: string;
  /** How many groups capture, with a name or without. */
  readonly groupCount: number;
  /** Those with a name. */
  readonly groups: readonly NamedGroup[];
}

export interface NamedGroup {
  readonly name: string;
  /** The pattern in which it is the only group that captures: DuckDB knows no group beyond the ninth. */
  readonly pattern: string;
  /**
   * Whether it takes part in every match, so that empty text is what it matched. RE2 gives empty text also for a
   * group that was passed over (in a branch not taken, or repeated zero times).
   */
  readonly isCertain: boolean;
}

/** Throws SPL313 where RE2 has no such thing. */
export function parsePattern(pattern: string, span: Span): Pattern {
  const parts: string[] = [];
  /** Which of the parts open a group that captures; the named ones with their name. */
  const opened = new Map<number, string | undefined>();
  const names = new Set<string>();
  for (let offset = 0; offset < pattern.length; ) {
    const rest = pattern.slice(offset, offset + 256);
    const group = rest.startsWith('(') ? readGroup(rest, span) : undefined;
    if (group !== undefined) {
      if (group.name !== undefined && names.has(group.name)) throw refused(`two groups named "${group.name}"`, span);
      if (group.name !== undefined) names.add(group.name);
      if (names.size > MOST_GROUPS) throw refused(`more than ${MOST_GROUPS} groups with names`, span);
      opened.set(parts.length, group.name);
      parts.push('(');
      offset += group.length;
      continue;
    }
    const piece = readPiece(pattern, offset);
    if ('misfit' in piece) throw refused(piece.misfit, span);
    if (piece.text !== '') parts.push(piece.text);
    offset += piece.length;
  }
  const text = parts.join('');
  checkLevels(parts, span);
  checkRepetition(parts, span);
  checkShape(text, span);
  const uncertain = groupsThatMayBePassedOver(parts);
  const groups = [...opened].flatMap(([own, name]) =>
    name === undefined ? [] : [{ name, pattern: captureOnly(parts, opened, own), isCertain: !uncertain.has(own) }],
  );
  return { text, groupCount: opened.size, groups };
}

function captureOnly(parts: readonly string[], opened: ReadonlyMap<number, unknown>, own: number): string {
  return parts.map((part, index) => (opened.has(index) && index !== own ? '(?:' : part)).join('');
}

/** Positions of the opening brackets that a match may pass over. */
function groupsThatMayBePassedOver(parts: readonly string[]): ReadonlySet<number> {
  interface Group {
    readonly opening: number;
    readonly parent: Group | undefined;
    hasBranches: boolean;
    isOptional: boolean;
  }
  const whole: Group = { opening: -1, parent: undefined, hasBranches: false, isOptional: false };
  const all: Group[] = [];
  let inner: Group = whole;
  for (const [index, part] of parts.entries()) {
    if (part === '(') {
      inner = { opening: index, parent: inner, hasBranches: false, isOptional: false };
      all.push(inner);
    } else if (part === '|') inner.hasBranches = true;
    else if (part === ')') {
      const next = parts[index + 1];
      inner.isOptional = next === '?' || next === '*' || (next === '{' && /^[0,]/.test(parts[index + 2] ?? ''));
      inner = inner.parent ?? whole;
    }
  }
  const isPassedOver = (group: Group): boolean => {
    if (group.isOptional || group.parent?.hasBranches === true) return true;
    return group.parent !== undefined && isPassedOver(group.parent);
  };
  return new Set(all.filter(isPassedOver).map(({ opening }) => opening));
}

/** An opening bracket that captures; undefined where it does not. */
function readGroup(
  rest: string,
  span: Span,
): { readonly name: string | undefined; readonly length: number } | undefined {
  const bad = UNSUPPORTED.find((candidate) => candidate.pattern.test(rest));
  if (bad !== undefined) throw refused(bad.what, span);
  const flags = /^\(\?([a-zA-Z-]*)[:)]/.exec(rest)?.[1];
  if (flags !== undefined && /[^imsU-]/.test(flags)) throw refused(`the flags "${flags}"`, span);
  const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
  if (named !== null) return { name: named[1] ?? named[2], length: named[0].length };
  return rest.startsWith('(?') ? undefined : { name: undefined, length: 1 };
}

function readPiece(pattern: string, offset: number): Piece | Misfit {
  if (pattern[offset] === '[') return readClass(pattern, offset);
  if (pattern[offset] === '\\') return readEscape(pattern, offset);
  if (/^[*+?}]\+/.test(pattern.slice(offset, offset + 2))) return { misfit: 'a possessive quantifier' };
  return { text: pattern[offset] ?? '', length: 1 };
}

export function rePattern(pattern: string, span: Span): string {
  return parsePattern(pattern, span).text;
}

function checkLevels(parts: readonly string[], span: Span): void {
  let level = 0;
  for (const part of parts) {
    if (part.startsWith('(')) level += 1;
    else if (part === ')') level -= 1;
    if (level > MOST_LEVELS) throw refused(`groups more than ${MOST_LEVELS} deep`, span);
  }
}

/** RE2 repeats at most 1,000 times, repetitions within one another multiplied. */
function checkRepetition(parts: readonly string[], span: Span): void {
  /** For each open group, the most that something in it is repeated. */
  const most = [1];
  let last = 1;
  for (let index = 0; index < parts.length; index += 1) {
    const times = parts[index] === '{' ? timesOf(parts.slice(index, index + 24).join('')) : undefined;
    if (times !== undefined) {
      last *= times.most;
      index += times.length - 1;
      if (last > MOST_REPETITIONS) throw refused('a repetition of more than 1,000', span);
    } else if (parts[index] === ')' && most.length > 1) last = most.pop() ?? 1;
    else if (!/^[*+?]$/.test(parts[index] ?? '')) last = 1;
    if (parts[index] === '(') most.push(1);
    else most.push(Math.max(most.pop() ?? 1, last));
  }
}

/** `{2}`, `{2,}`, `{2,5}`; undefined where the bracket is a character. */
function timesOf(text: string): { readonly most: number; readonly length: number } | undefined {
  const found = /^\{(\d+)(?:,(\d*))?\}/.exec(text);
  if (found === null) return undefined;
  const [whole, low, high] = found;
  return { most: Math.max(1, Number(low), Number(high ?? 1)), length: whole.length };
}

/** Brackets that do not pair, quantifiers on nothing: JavaScript's reading is near enough to find them before DuckDB does. */
function checkShape(pattern: string, span: Span): void {
  const plain = pattern
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replace(/\[:\^?[a-z]+:\]/g, 'a')
    .replace(/\\[pP]\{[^}]*\}/g, '\\w')
    .replace(/\\x\{0*([0-9A-Fa-f]+)\}/g, (_, code: string) => `\\u${code.length > 4 ? 'ffff' : code.padStart(4, '0')}`);
  try {
    new RegExp(plain);
  } catch (error: unknown) {
    throw refused(error instanceof Error ? `"${error.message}"` : 'an error', span);
  }
}

function refused(what: string, span: Span): SplError {
  return new SplError(
    'SPL313',
    `regular expression: expected what RE2 can match in linear time, found ${what}.`,
    span,
    'Look-around and back-references are not supported; say the same with several conditions.',
  );
}
