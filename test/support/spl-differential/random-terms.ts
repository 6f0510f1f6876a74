/** Random search expressions. */
import type { Random } from './random.ts';
import { TEXTS } from './random-events.ts';
import type { Kind } from './random-fields.ts';

const KEYWORDS = [
  'alpha',
  'ALPHA',
  'pods',
  'kube-system',
  '"api/v1"',
  'alph*',
  '*eta',
  'k*l',
  '"alpha beta"',
  'nginx',
  'sma*le',
  '"v1"',
  'smile',
  'grün',
  '443',
];
/** A value between dollar signs is a token, which is refused. */
const WRITTEN = TEXTS.filter((text) => text !== '$x$');
const PATTERNS = [
  '*',
  'a*',
  '*a',
  'A*',
  '*l*a',
  '*.*',
  '1*',
  '* *',
  '**',
  '10.0.0.0/8',
  '10.0.0.0/24',
  '::/0',
  '203.0.113.9/32',
];

/** Possibly empty. Keywords only where the rows still have their text. */
export function randomSearchTerms(random: Random, fields: ReadonlyMap<string, Kind>, hasRaw: boolean): string {
  return random.chance(0.3)
    ? ''
    : random.some(1, 3, () => term(random, fields, hasRaw, 2)).join(random.pick([' ', ' ', ' AND ']));
}

function term(random: Random, fields: ReadonlyMap<string, Kind>, hasRaw: boolean, depth: number): string {
  const inner = (): string => term(random, fields, hasRaw, depth - 1);
  if (depth > 0 && random.chance(0.35)) {
    const form = random.below(4);
    if (form === 0) return `NOT ${inner()}`;
    if (form === 1) return `(${inner()} ${inner()})`;
    return form === 2 ? `${inner()} OR ${inner()}` : `(${inner()} OR ${inner()} AND ${inner()})`;
  }
  if (hasRaw && random.chance(0.12)) return random.pick(KEYWORDS);
  const name = fieldInSearch(random, random.pick([...fields.keys()]));
  if (random.chance(0.2))
    return `${name} IN (${random.some(1, 3, () => value(random)).join(random.pick([', ', ' ', ',']))})`;
  const written = value(random);
  // An order with a wildcard is refused.
  const operators = written.includes('*') ? ['=', '!='] : ['=', '=', '=', '!=', '!=', '<', '<=', '>', '>='];
  return `${name}${random.pick(operators)}${written}`;
}

function fieldInSearch(random: Random, name: string): string {
  return random.chance(0.2) || /[^\w.{}/:-]/.test(name) ? `"${name}"` : name;
}

function value(random: Random): string {
  if (random.chance(0.25)) {
    const pattern = random.pick(PATTERNS);
    return random.chance(0.5) || pattern.includes(' ') ? quoteInSearch(pattern) : pattern;
  }
  if (random.chance(0.25)) return String(random.pick([0, 5, 9, 10, 200, 403, 1.5, -3]));
  const text = random.pick(WRITTEN);
  return random.chance(0.3) && /^[\w.:-]+$/.test(text) ? text : quoteInSearch(text);
}

export function quoteInSearch(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
