/** Random searches within searches: as terms, and of the commands that take one. */
import { listed, type Made, merging, named, quoted, reverse } from './made-command.ts';
import type { Random } from './random.ts';
import { EVENT_FIELDS, type Fields, type Kind } from './random-fields.ts';
import { LOOKUP_COLUMNS, LOOKUP_NAMES, lookupFields } from './random-lookups.ts';
import { randomSearchTerms } from './random-terms.ts';

/** Rows of a search of its own, and their fields; `names` are among them. */
interface Inner {
  readonly text: string;
  readonly known: ReadonlyMap<string, Kind>;
}

const OF_EVENTS = [...EVENT_FIELDS.keys()].filter((name) => !name.startsWith('_'));

/** Terms with a subsearch somewhere among them. */
export function termsWithSubsearch(random: Random, fields: ReadonlyMap<string, Kind>, hasRaw: boolean): string {
  const terms = randomSearchTerms(random, fields, hasRaw);
  const form = random.below(4);
  const found = subsearchTerm(random, fields, form < 3);
  if (form === 0) return `NOT ${found} ${terms}`;
  if (form < 3 || terms === '') return `${terms} ${found}`;
  return `(${terms} OR ${found})`;
}

function subsearchTerm(random: Random, fields: ReadonlyMap<string, Kind>, mayReturn: boolean): string {
  const shared = [...fields.keys()].filter((name) => !name.startsWith('_'));
  const names = random.sample(shared.length > 0 && random.chance(0.9) ? shared : OF_EVENTS, 2);
  const [first = 'verb'] = names;
  const events = (): string => `search dataset=kube_audit ${randomSearchTerms(random, EVENT_FIELDS, true)}`;
  const forms: readonly (() => string)[] = [
    () => `${events()} | fields ${listed(names)}`,
    () => `${events()} | head ${random.pick([1, 3])} | table ${listed(names)}`,
    () => `${events()} | stats count BY ${listed(names)} | fields - count`,
    () => `${events()} | stats values(${quoted(first)}) AS ${quoted(first)}`,
    () => `${events()} | fields ${listed(names)} | format maxresults=2`,
    () => `${events()} | fields ${listed(names)} | format "(" "(" "OR" ")" "OR" ")"`,
    () => `${events()} | table ${listed(names)} | search ${termsWithSubsearch(random, EVENT_FIELDS, false)}`,
    ...(mayReturn
      ? [
          () => `${events()} | return ${random.pick(['', '2 '])}${listed(names)}`,
          () => `${events()} | return 3 ${quoted(first)}=${random.pick(['verb', 'userAgent'])}`,
        ]
      : []),
    () => {
      const name = random.pick(LOOKUP_NAMES);
      const column = random.pick(LOOKUP_COLUMNS[name]);
      const renamed = column === first ? '' : ` | rename ${quoted(column)} AS ${quoted(first)}`;
      return `inputlookup ${name} | fields ${quoted(column)}${renamed}`;
    },
    () => {
      const values = random.pick(['alpha,G*', '10.0.0.0/8,::1', '*_*,5', 'a*,,LIST']);
      return `makeresults | eval made=split("${values}", ",") | rename made AS ${quoted(first)}`;
    },
  ];
  return `[${random.pick(forms)()}]`;
}

/** A search that ends in these fields and perhaps others. */
function inner(random: Random, names: readonly string[]): Inner {
  const terms = randomSearchTerms(random, EVENT_FIELDS, true);
  const others = random.sample(OF_EVENTS, 2);
  const all = [...new Set([...names, ...others])];
  const kindOf = (name: string): Kind => EVENT_FIELDS.get(name) ?? 'one';
  if (random.chance(0.3) && names.length > 0) {
    const known = new Map<string, Kind>([
      ...names.map((name) => [name, 'one'] as const),
      ['n', 'number'],
      ['vs', 'many'],
    ]);
    const counted = `stats count AS n values(${quoted(others[0] ?? 'verb')}) AS vs BY ${listed(names)}`;
    return { text: `search dataset=kube_audit ${terms} | ${counted}`, known };
  }
  const order = random.chance(0.3) ? 'reverse | ' : '';
  const text = `search dataset=kube_audit ${terms} | ${order}table ${listed(all)}`;
  return { text, known: new Map(all.map((name) => [name, kindOf(name)])) };
}

export function search(random: Random, fields: Fields): Made {
  if (fields.known.size === 0) return { text: 'search *', fields };
  const terms = random.chance(0.3)
    ? termsWithSubsearch(random, fields.known, false)
    : randomSearchTerms(random, fields.known, false);
  return { text: `search ${terms === '' ? '*' : terms}`, fields };
}

export function join(random: Random, fields: Fields): Made {
  const names = named(fields, 'one').filter((name) => EVENT_FIELDS.get(name) === 'one');
  if (names.length === 0) return reverse(random, fields);
  const keys = random.sample(names, 2);
  const other = inner(random, keys);
  const options = `${random.pick(['', 'type=left ', 'type=inner '])}${random.pick(['', 'overwrite=f ', 'max=1 ', 'max=0 ', 'max=2 '])}`;
  const added = new Map([...other.known].filter(([name]) => !keys.includes(name)));
  return { text: `join ${options}${listed(keys)} [${other.text}]`, fields: merging(fields, added) };
}

export function appendcols(random: Random, fields: Fields): Made {
  const other = inner(random, random.chance(0.5) ? random.sample(['verb', 'user.username'], 1) : []);
  const options = `${random.pick(['', 'override=t '])}${random.pick(['', 'maxout=2 '])}`;
  return { text: `appendcols ${options}[${other.text}]`, fields: merging(fields, other.known) };
}

/** Behind one another, or where everything so far streams one stream. */
export function union(random: Random, fields: Fields): Made {
  // Numbers that the other rows lack would be read as text behind it.
  if (named(fields, 'number').some((name) => name !== '_time')) return reverse(random, fields);
  const streams = random.some(1, 2, () => stream(random));
  if (fields.isEvents) return { text: `union ${streams.join(' ')}`, fields };
  const other = inner(random, []);
  return { text: `union [${other.text}]`, fields: merging(fields, other.known) };
}

/** Events as they are: whatever is asked of them behind it. */
function stream(random: Random): string {
  const rest = random.pick(['', '', ' | where isnotnull(verb)', ' | eval x="s"', ' | mvexpand sourceIPs{}']);
  return `[search dataset=kube_audit ${randomSearchTerms(random, EVENT_FIELDS, true)}${rest}]`;
}

export function format(random: Random, fields: Fields): Made {
  const hasNumber = named(fields, 'number').length > 0;
  if (fields.isEvents || hasNumber) return reverse(random, fields);
  const options = random.pick(['', ' maxresults=2', ' mvsep="or"', ' "[" "{" "," "}" ";" "]"', ' emptystr="none"']);
  return {
    text: `format${options}`,
    fields: { known: new Map<string, Kind>([['search', 'one']]), isEvents: false, hasTime: false },
  };
}

/** A search that begins with something else than events. */
export function firstCommand(random: Random): Made {
  const form = random.below(4);
  if (form === 0) {
    const name = random.pick(LOOKUP_NAMES);
    return { text: `| inputlookup ${name}`, fields: { known: lookupFields(name), isEvents: false, hasTime: false } };
  }
  if (form === 1) {
    const known = new Map<string, Kind>([['verb', 'one'], ['userAgent', 'one'], ['x', 'one']]); // biome-ignore format: a row each
    const rows = random.some(0, 3, () => random.pick(['get,alpha,5', '"a,b",,x', ' List , Alpha,']));
    return {
      text: `| makeresults format=csv data="verb, userAgent,x\n${rows.join('\n').replaceAll('"', '\\"')}"`,
      fields: { known, isEvents: false, hasTime: false },
    };
  }
  if (form === 2) {
    return {
      text: `| makeresults count=${random.pick([1, 2])}`,
      fields: { known: new Map<string, Kind>([['_time', 'number']]), isEvents: false, hasTime: true },
    };
  }
  const name = random.pick(['union', 'multisearch']);
  const streams = random.some(2, 3, () => stream(random));
  return { text: `| ${name} ${streams.join(' ')}`, fields: { known: EVENT_FIELDS, isEvents: true, hasTime: true } };
}
