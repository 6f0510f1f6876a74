/** Random lookups, always with the same columns so that searches can name them; and the commands that read them. */
import type { GoldenLookup, GoldenLookups } from '../golden-lookups.ts';
import { adding, type Made, merging, named, quoted, reverse } from './made-command.ts';
import type { Random } from './random.ts';
import { ADDRESSES, TEXTS } from './random-events.ts';
import type { Fields, Kind } from './random-fields.ts';

const PATTERNS = ['*', 'a*', '*A*', 'al*a', '*_*', '%', 'get', 'List', '*b', ''];
const NETWORKS = ['10.0.0.0/8', '10.0.0.0/29', '203.0.113.0/24', '2001:db8::/32', '10.0.0.1', '::1', 'alpha'];

/** Key columns first. */
export const LOOKUP_COLUMNS = {
  known: ['verb', 'owner', 'user.username'],
  nets: ['net', 'zone'],
  wild: ['pattern', 'label', 'verb'],
} as const;

export type LookupName = keyof typeof LOOKUP_COLUMNS;

export const LOOKUP_NAMES: readonly LookupName[] = ['known', 'nets', 'wild'];

export function randomLookups(random: Random): GoldenLookups {
  return {
    known: randomLookup(random, 'known', ['get', 'list', 'create', ...TEXTS.slice(0, 6)], []),
    nets: randomLookup(random, 'nets', [...NETWORKS, ...ADDRESSES], [{ kind: 'cidr', field: 'net' }]),
    wild: randomLookup(random, 'wild', PATTERNS, [{ kind: 'wildcard', field: 'pattern' }]),
  };
}

function randomLookup(
  random: Random,
  name: LookupName,
  keys: readonly string[],
  matchTypes: NonNullable<GoldenLookup['matchTypes']>,
): GoldenLookup {
  const [, ...others] = LOOKUP_COLUMNS[name];
  const cell = (texts: readonly string[]): string | null => (random.chance(0.15) ? null : random.pick(texts));
  return {
    columns: LOOKUP_COLUMNS[name],
    rows: random.some(0, 6, () => [cell(keys), ...others.map(() => cell(TEXTS))]),
    matchTypes,
    caseSensitive: random.chance(0.6),
    minMatches: random.pick([0, 0, 1, 2]),
    maxMatches: random.pick([1000, 1000, 1, 2]),
    defaultMatch: random.chance(0.5) ? null : 'none',
  };
}

export function lookup(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const name = random.pick(LOOKUP_NAMES);
  const [key, ...others] = LOOKUP_COLUMNS[name];
  const likely = name === 'nets' ? 'sourceIPs{}' : 'verb';
  const field = names.includes(likely) && random.chance(0.6) ? likely : random.pick(names);
  const keyed = `lookup ${name} ${key}${field === key ? '' : ` AS ${quoted(field)}`}`;
  const form = random.below(3);
  if (form === 0) return { text: keyed, fields: adding(fields, many(others)) };
  const column = random.pick(others);
  const output = random.chance(0.6) ? random.pick(['x', 'y', 'verb', 'user.username']) : column;
  const as = output === column ? '' : ` AS ${output}`;
  return {
    text: `${keyed} ${form === 1 ? 'OUTPUT' : 'OUTPUTNEW'} ${column}${as}`,
    fields: adding(fields, many([output])),
  };
}

function many(names: readonly string[]): readonly (readonly [string, Kind])[] {
  return names.map((name) => [name, 'many'] as const);
}

export function inputlookup(random: Random, fields: Fields): Made {
  if (fields.isEvents) return reverse(random, fields);
  const name = random.pick(LOOKUP_NAMES);
  return { text: `inputlookup append=t ${name}`, fields: merging(fields, lookupFields(name)) };
}

export function lookupFields(name: LookupName): ReadonlyMap<string, Kind> {
  return new Map(LOOKUP_COLUMNS[name].map((column) => [column, 'one'] as const));
}
