/** Random commands, and the fields that they leave. */
import { adding, listed, type Made, type Maker, named, quoted, reverse } from './made-command.ts';
import type { Random } from './random.ts';
import { ExpressionMaker, fieldInEval } from './random-expression.ts';
import type { Fields, Kind } from './random-fields.ts';
import { inputlookup, lookup } from './random-lookups.ts';
import { appendcols, join, search, union } from './random-subsearches.ts';
import { randomSearchTerms } from './random-terms.ts';

const MAKERS: readonly (readonly [number, Maker])[] = [
  [5, evalCommand],
  [2, where],
  [2, search],
  [5, stats],
  [2, eventstats],
  [2, rename],
  [1, renameAll],
  [2, fillnull],
  [2, table],
  [1, fieldsCommand],
  [2, dedup],
  [2, sort],
  [1, head],
  [1, reverse],
  [2, top],
  [1, makemv],
  [2, mvexpand],
  [2, rex],
  [1, sed],
  [1, regex],
  [1, bin],
  [2, spath],
  [1, iplocation],
  [1, convert],
  [1, streamstats],
  [1, nomv],
  [1, addtotals],
  [1, append],
  [1, appendcols],
  [1, union],
  [2, join],
  [2, lookup],
  [1, inputlookup],
  [1, appendpipe],
  [1, timechart],
  [1, foreach],
  [2, transaction],
  [1, replace],
  [1, mvcombine],
  [1, extract],
  [1, fromjson],
  [1, tojson],
];

export function randomCommand(random: Random, fields: Fields): Made {
  const total = MAKERS.reduce((sum, [weight]) => sum + weight, 0);
  let at = random.below(total);
  for (const [weight, make] of MAKERS) {
    if (at < weight) return make(random, fields);
    at -= weight;
  }
  throw new Error('randomCommand: expected a command, found none.');
}

/** A new name, or now and then one that is there. */
function target(random: Random, fields: Fields): string {
  const others = named(fields).filter((name) => !name.startsWith('_'));
  return random.chance(0.2) && others.length > 0
    ? random.pick(others)
    : random.pick(['x', 'y', 'z', 'a.b', 'n-1', 'w{}']);
}

function evalCommand(random: Random, fields: Fields): Made {
  let after = fields;
  const assignments = random.some(1, 2, () => {
    const name = target(random, after);
    const value = new ExpressionMaker(random, after.known).any(2);
    after = adding(after, [[name, value.kind]]);
    return `${fieldInEval(name)}=${value.text}`;
  });
  return { text: `eval ${assignments.join(', ')}`, fields: after };
}

function where(random: Random, fields: Fields): Made {
  return { text: `where ${new ExpressionMaker(random, fields.known).condition(2)}`, fields };
}

function aggregations(random: Random, fields: Fields, by: readonly string[]): Made {
  const made = new Map<string, Kind>();
  const expressions = new ExpressionMaker(random, fields.known);
  const texts: string[] = [];
  const add = (text: string, kind: Kind, name: string): void => {
    if (by.includes(name) || made.has(name)) return;
    made.set(name, kind);
    texts.push(name === text ? text : `${text} AS ${quoted(name)}`);
  };
  const usable = named(fields).filter((name) => !name.startsWith('_'));
  if (!fields.isEvents && random.chance(0.2)) {
    // Counts of fields that no row has would be 0 where the interpreter knows of no such field.
    const [first = ''] = random.pick(usable.length === 0 ? ['r'] : usable);
    const matched = usable.filter((name) => name.startsWith(first));
    const pattern = quoted(`${first}*`);
    const name = random.pick(['max', 'sum', 'values', 'mode']);
    const kind: Kind = name === 'values' ? 'many' : name === 'sum' ? 'number' : 'one';
    texts.push(`${name}(${pattern}) AS "w_*"`);
    for (const found of matched) made.set(`w_${found.slice(1)}`, kind);
  }
  random.some(1, 3, () => {
    const field = usable.length === 0 ? undefined : random.pick(usable);
    const form = random.below(9);
    const name = random.pick(['r1', 'r2', 'r3', 'r4']);
    if (field === undefined || form === 0) add('count', 'number', 'count');
    else if (form === 1) add(`count(${quoted(field)})`, 'number', name);
    else if (form === 2) add(`dc(${quoted(field)})`, 'number', name);
    else if (form === 3)
      add(`${random.pick(['values', 'list'])}(${quoted(field)})`, 'many', random.chance(0.3) ? field : name);
    else if (form === 4) add(`${random.pick(['min', 'max', 'mode'])}(${quoted(field)})`, 'one', name);
    else if (form === 5)
      add(
        `${random.pick(['sum', 'avg', 'range', 'stdev', 'stdevp', 'var', 'varp', 'sumsq', 'median', 'perc90', 'p10', 'upperperc75', 'exactperc25'])}(${quoted(field)})`,
        'number',
        name,
      );
    else if (form === 6)
      add(
        `${random.pick(['first', 'last', ...(fields.hasTime ? ['earliest', 'latest'] : [])])}(${quoted(field)})`,
        fields.known.get(field) ?? 'one',
        name,
      );
    else if (form === 7 && fields.hasTime && random.chance(0.3)) add(`rate(${quoted(field)})`, 'number', name);
    else if (form === 7) add(`count(eval(${expressions.condition(1)}))`, 'number', name);
    else add(`${random.pick(['sum', 'max', 'avg'])}(eval(${expressions.number(1)}))`, 'number', name);
    return undefined;
  });
  if (texts.length === 0) add('count', 'number', 'r9');
  return { text: texts.join(random.pick([' ', ', '])), fields: { known: made, isEvents: false, hasTime: false } };
}

function stats(random: Random, fields: Fields): Made {
  const by = random.chance(0.8) ? random.sample(named(fields), 2) : [];
  const made = aggregations(random, fields, by);
  const known = new Map<string, Kind>([...by.map((name) => [name, 'one'] as const), ...made.fields.known]);
  const clause = by.length === 0 ? '' : ` BY ${listed(by)}`;
  const option = random.chance(0.1) ? 'dedup_splitvals=t ' : '';
  return { text: `stats ${option}${made.text}${clause}`, fields: { known, isEvents: false, hasTime: false } };
}

function eventstats(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'number');
  const by = random.chance(0.6) && names.length > 0 ? random.sample(names, 2) : [];
  const made = aggregations(random, fields, by);
  const clause = by.length === 0 ? '' : ` BY ${listed(by)}`;
  return { text: `eventstats ${made.text}${clause}`, fields: adding(fields, [...made.fields.known]) };
}

/** `a*` becomes `q_a*`, a name that nothing has yet. */
function renameAll(random: Random, fields: Fields): Made {
  const names = named(fields).filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const pattern = random.pick(['requestObject.*', '*', `${random.pick(names).slice(0, 1)}*`]);
  const [before = '', after = ''] = pattern.split('*');
  const isMoved = (name: string): boolean => !name.startsWith('_') && name.startsWith(before) && name.endsWith(after);
  const known = new Map([...fields.known].map(([name, kind]) => [isMoved(name) ? `q_${name}` : name, kind] as const));
  return { text: `rename ${quoted(pattern)} AS ${quoted(`q_${pattern}`)}`, fields: { ...fields, known } };
}

function rename(random: Random, fields: Fields): Made {
  const known = new Map(fields.known);
  const renames = random
    .sample(
      [...named(fields), 'no.such.field'].filter((name) => !name.startsWith('_')),
      2,
    )
    .map((from) => {
      const to = target(random, { ...fields, known });
      const kind = known.get(from) ?? 'one';
      known.delete(from);
      known.set(to, kind);
      return `${quoted(from)} AS ${quoted(to)}`;
    });
  return { text: `rename ${renames.join(random.pick([', ', ' ']))}`, fields: { ...fields, known } };
}

function fillnull(random: Random, fields: Fields): Made {
  const value = random.chance(0.5) ? '' : ` value=${random.pick(['none', '5', '"a b"', '""'])}`;
  if (random.chance(0.6)) return { text: `fillnull${value}`, fields };
  const names = random.sample([...named(fields), 'filled'], 2);
  const made = names.filter((name) => !fields.known.has(name)).map((name) => [name, 'one'] as const);
  return { text: `fillnull${value} ${listed(names)}`, fields: adding(fields, made) };
}

function only(fields: Fields, names: readonly string[]): Fields {
  const known = new Map(names.map((name) => [name, fields.known.get(name) ?? ('one' as Kind)]));
  return { known, isEvents: false, hasTime: fields.hasTime && names.includes('_time') };
}

function table(random: Random, fields: Fields): Made {
  const names = random.sample([...named(fields), 'nothing'], 5);
  const kept = named(fields).filter((name) => !name.startsWith('_'));
  // Whether `*` covers `_time` here the rules do not say.
  if (!fields.isEvents && kept.length === fields.known.size && random.chance(0.2)) {
    return { text: 'table *', fields: only(fields, kept) };
  }
  return { text: `table ${listed(names)}`, fields: only(fields, names) };
}

function fieldsCommand(random: Random, fields: Fields): Made {
  const names = random.sample([...named(fields), 'nothing'], 3);
  if (random.chance(0.5)) {
    const known = new Map([...fields.known].filter(([name]) => !names.includes(name)));
    if (known.size === 0) return reverse(random, fields);
    return {
      text: `fields - ${listed(names)}`,
      fields: { ...fields, known, hasTime: fields.hasTime && known.has('_time') },
    };
  }
  // That nothing is left is refused or fails: no fields, no columns.
  if (!fields.isEvents && names.every((name) => !fields.known.has(name))) return reverse(random, fields);
  const kept = fields.hasTime ? [...new Set([...names, '_time'])] : names;
  return { text: `fields ${listed(names)}`, fields: { ...only(fields, kept), hasTime: fields.hasTime } };
}

function dedup(random: Random, fields: Fields): Made {
  const names = named(fields);
  if (names.length === 0) return reverse(random, fields);
  const count = random.chance(0.3) ? '2 ' : '';
  const keep = random.chance(0.3) ? ' keepempty=t' : '';
  const single = named(fields, 'one', 'number');
  const sortBy =
    random.chance(0.2) && single.length > 0 ? ` sortby ${random.pick(['', '-'])}${random.pick(single)}` : '';
  const more = `${random.chance(0.2) ? ' consecutive=t' : ''}${random.chance(0.2) ? ' keepevents=t' : ''}`;
  return { text: `dedup ${count}${listed(random.sample(names, 2))}${keep}${more}${sortBy}`, fields };
}

function sort(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'number');
  if (names.length === 0) return reverse(random, fields);
  const limit = random.pick(['', '0 ', '3 ']);
  const reversed = random.chance(0.1) ? ' desc' : '';
  const keys = random.sample(names, 2).map((name) => {
    const sign = random.pick(['', '-', '+']);
    return `${sign}${random.pick(['', '', '', 'num', 'str', 'ip']).replace(/.+/, '$&(')}${quoted(name)}`;
  });
  return {
    text: `sort ${limit}${keys.map((key) => (key.includes('(') ? `${key})` : key)).join(', ')}${reversed}`,
    fields,
  };
}

function head(random: Random, fields: Fields): Made {
  if (random.chance(0.6)) return { text: `${random.pick(['head', 'tail'])} ${random.pick([1, 3, 8])}`, fields };
  const options = `${random.pick(['', ' null=t'])}${random.pick(['', ' keeplast=t'])}${random.pick(['', ' limit=2'])}`;
  return { text: `head (${new ExpressionMaker(random, fields.known).condition(1)})${options}`, fields };
}

function top(random: Random, fields: Fields): Made {
  const names = named(fields).filter((name) => name !== 'count' && name !== 'percent');
  if (names.length === 0) return reverse(random, fields);
  const [first = '', ...rest] = random.sample(names, 2);
  const by = rest.length > 0 && random.chance(0.5) ? rest : [];
  const main = by.length > 0 ? [first] : [first, ...rest];
  const known = new Map<string, Kind>([
    ...[...by, ...main].map((name) => [name, 'one'] as const),
    ['count', 'number'],
    ['percent', 'number'],
  ]);
  const other = main.length === 1 ? random.pick(['', '', 'useother=t ', 'useother=t otherstr=alpha ']) : '';
  const limit = `${random.pick(['', 'limit=2 ', 'limit=1 ', 'limit=0 ', '3 '])}${other}`;
  if (other !== '') known.set(first, 'one');
  const clause = by.length === 0 ? '' : ` BY ${listed(by)}`;
  return {
    text: `${random.pick(['top', 'rare'])} ${limit}${listed(main)}${clause}`,
    fields: { known, isEvents: false, hasTime: false },
  };
}

function makemv(random: Random, fields: Fields): Made {
  const names = named(fields, 'one').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const name = random.pick(names);
  const empty = random.chance(0.3) ? 'allowempty=t ' : '';
  if (random.chance(0.3)) {
    const pattern = random.pick(['([a-z]+)', '(a)b?', '[a-z](.)']);
    return { text: `makemv tokenizer="${pattern}" ${quoted(name)}`, fields: adding(fields, [[name, 'many']]) };
  }
  return {
    text: `makemv delim="${random.pick([',', 'a', ' '])}" ${empty}${quoted(name)}`,
    fields: adding(fields, [[name, 'many']]),
  };
}

function mvexpand(random: Random, fields: Fields): Made {
  const names = named(fields, 'many', 'one');
  if (names.length === 0) return reverse(random, fields);
  const name = random.pick(random.chance(0.8) ? [...named(fields, 'many'), ...names] : names);
  const limit = random.chance(0.2) ? ' limit=2' : '';
  return { text: `mvexpand ${quoted(name)}${limit}`, fields: adding(fields, [[name, 'one']]) };
}

function rex(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const field = random.pick(names);
  const all = random.chance(0.4) ? ' max_match=0' : '';
  const pattern = random.pick([
    '(?<x>[a-z]+)',
    '(?<x>[a-z])(?<y>[0-9])?',
    '(?P<x>a.)',
    '^(?<x>[^,]*),(?<y>.*)$',
    '(?<verb>alpha|beta)',
    '(?i)(?<x>ALPHA)',
  ]);
  const isMany = all !== '' || fields.known.get(field) === 'many';
  const made = [...pattern.matchAll(/<(\w+)>/g)].map(([, name]) => {
    const before = fields.known.get(name ?? '');
    return [name ?? '', isMany || before === 'many' ? 'many' : 'one'] as const;
  });
  return { text: `rex field=${quoted(field)}${all} "${pattern}"`, fields: adding(fields, made) };
}

function sed(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const expression = random.pick([
    's/a/X/g',
    's/a/X/',
    's/[a-c]+/<>/g',
    's/(.)(.)/\\\\2\\\\1/',
    's/,//g',
    's/a/X/2',
    's/[a-c]+/<>/3',
    's/b*/-/2',
    's/a/\\\\-/g',
    's/(a)|b/[\\\\1\\\\0]/g',
    's/a/\\\\\\\\/2',
    's/,/\\/\\//g',
    's|[a-c]|\\\\||',
    "s/l/\\\\'&\\\\'/",
    'y/a\\/\\-/\\\\\\\\+_/',
    'y/abc/xyz/',
  ]);
  return { text: `rex field=${quoted(random.pick(names))} mode=sed "${expression}"`, fields };
}

function regex(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const pattern = random.pick(['^a', 'a$', '\\\\d', '[A-Z]', '^.$', 'l|e']);
  return { text: `regex ${quoted(random.pick(names))}${random.pick(['=', '!='])}"${pattern}"`, fields };
}

function bin(random: Random, fields: Fields): Made {
  if (fields.known.has('_time') && random.chance(0.6)) {
    const output = random.chance(0.4) ? ' AS slot' : '';
    const made: readonly (readonly [string, Kind])[] = output === '' ? [] : [['slot', 'number']];
    const spans = ['span=10s', 'span=5m', 'span=1h', 'span=1d', 'span=7d', 'span=1mon', 'span=1w@w1', 'span=500ms'];
    const span = random.pick([...spans, 'bins=5', 'minspan=1m', 'bins=2 minspan=5s', '']);
    const align = random.chance(0.3) ? ` aligntime=${random.pick(['earliest', 'latest', '@d+3h', '1500567890'])}` : '';
    return { text: `bin ${span}${align} _time${output}`, fields: adding(fields, made) };
  }
  const names = named(fields, 'one', 'number').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const name = random.pick(names);
  const spans = ['span=5', 'span=10', 'span=0.1', 'span=0.25', 'span=2log5', 'span=log2', 'span=log'];
  const size = random.pick([...spans, 'bins=5', '', 'minspan=7', 'end=1000', 'start=-50 bins=10']);
  return { text: `bin ${size} ${quoted(name)}`, fields: adding(fields, [[name, 'one']]) };
}

function spath(random: Random, fields: Fields): Made {
  const names = named(fields, 'one').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const preferred = names.filter((name) => /json/.test(name));
  const input = random.pick(preferred.length > 0 && random.chance(0.8) ? preferred : names);
  if (random.chance(0.5)) {
    const path = random.pick(['a', 'b.c', 'z.c{}', 'verb', 'z']);
    return {
      text: `spath input=${quoted(input)} output=picked path=${path}`,
      fields: adding(fields, [['picked', fields.known.has('picked') ? 'many' : path.includes('{}') ? 'many' : 'one']]),
    };
  }
  const made = ['a', 'b.c', 'z.c{}', 'verb'].map((name) => [name, 'many'] as const);
  return { text: `spath input=${quoted(input)}`, fields: adding(fields, made) };
}

/** Mostly of a text that has pairs: lines of logs, and what is put together here. */
function extract(random: Random, fields: Fields): Made {
  const names = named(fields, 'one').filter((name) => !name.startsWith('_'));
  const [one = '"5"', other = '"x"'] = (names.length === 0 ? [] : random.sample(names, 2)).map((name) => `'${name}'`);
  const text = random.pick([
    `"a=" . coalesce(${one}, "1") . " b.c=" . coalesce(${other}, "2") . " a=9"`,
    `"a: " . coalesce(${one}, "1") . ", \\"b\\" = " . coalesce(${other}, "") . "; 7verb=\\"q,r\\""`,
    `coalesce(${one}, "verb=1,a:2")`,
  ]);
  const made = random.chance(0.2) ? '' : `eval _raw=${text} | `;
  const options = [
    random.pick([
      '',
      '',
      ' pairdelim="," kvdelim="="',
      ' pairdelim=",;" kvdelim=":="',
      ' pairdelim=" ," kvdelim=":"',
      ' kvdelim=": " pairdelim="\\n,"',
    ]),
    random.pick(['', '', ' mv_add=t']),
    random.pick(['', '', '', ' limit=1', ' maxchars=7']),
    random.pick(['', '', '', ' clean_keys=f']),
    random.pick(['', '', '', '', ' auto=f']),
  ].join('');
  const kind: Kind = options.includes('mv_add') ? 'many' : 'one';
  const found = ['a', 'b_c', 'verb', 'b', 'x', 'user', 'b.c'].map(
    (name) => [name, fields.known.get(name) === 'many' ? 'many' : kind] as const,
  );
  return { text: `${made}${random.pick(['extract', 'kv'])}${options}`, fields: adding(fields, found) };
}

function fromjson(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const preferred = names.filter((name) => /json/.test(name));
  const input = random.pick(preferred.length > 0 && random.chance(0.9) ? preferred : names);
  const prefix = random.chance(0.3) ? 'j_' : '';
  const made = ['a', 'z', 'verb', 'b.c'].map((name) => [`${prefix}${name}`, 'many'] as const);
  const option = prefix === '' ? '' : ` prefix=${prefix}`;
  return { text: `fromjson ${quoted(input)}${option}`, fields: adding(fields, made) };
}

function tojson(random: Random, fields: Fields): Made {
  const names = named(fields);
  if (names.length === 0) return reverse(random, fields);
  const datatype = (): string => random.pick(['auto', 'bool', 'json', 'none', 'num', 'str']);
  const options = [
    random.pick(['', ` default_type=${datatype()}`]),
    random.pick(['', '', ' fill_null=t']),
    random.pick(['', '', ' include_internal=t']),
  ].join('');
  const chosen = random.sample(names, 3).map((name) => {
    return random.chance(0.5) ? quoted(name) : `${datatype()}(${quoted(name)})`;
  });
  // Of fields that no row has the interpreter knows nothing, nor do the keys.
  const list = !fields.isEvents && random.chance(0.3) ? '' : ` ${chosen.join(' ')}`;
  return { text: `tojson${list}${options} output_field=json`, fields: adding(fields, [['json', 'one']]) };
}

function iplocation(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const field = random.pick(names.includes('sourceIPs{}') ? ['sourceIPs{}'] : names);
  const kind = fields.known.get(field) ?? 'one';
  const prefix = random.chance(0.3) ? 'geo_' : '';
  const made = ['City', 'Country', 'Region', 'lat', 'lon'].map(
    (part) => [`${prefix}${part}`, kind === 'one' && !fields.known.has(`${prefix}${part}`) ? 'one' : 'many'] as const,
  );
  return {
    text: `iplocation ${prefix === '' ? '' : `prefix=${prefix} `}${quoted(field)}`,
    fields: adding(fields, made),
  };
}

function convert(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'number');
  if (names.length === 0) return reverse(random, fields);
  const name = random.pick(names);
  const conversion = random.pick(['ctime', 'mktime', 'num', 'auto', 'none', 'rmcomma']);
  const format = random.chance(0.5) ? `timeformat="${random.pick(['%Y-%m-%dT%H:%M:%S', '%Y-%m-%d'])}" ` : '';
  const kind: Kind = conversion === 'num' ? 'number' : 'one';
  return { text: `convert ${format}${conversion}(${quoted(name)})`, fields: adding(fields, [[name, kind]]) };
}

function streamstats(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'number').filter((name) => !name.startsWith('_'));
  const field = names.length === 0 ? undefined : random.pick(names);
  const by = field !== undefined && random.chance(0.4) ? ` BY ${quoted(random.pick(names))}` : '';
  const current = random.chance(0.3) ? 'current=f ' : '';
  const window = random.chance(0.4)
    ? `window=${random.pick([1, 2, 3])} ${random.pick(['', 'global=f ', 'global=t '])}`
    : '';
  const time = random.chance(0.3) ? `time_window=${random.pick(['1s', '10s', '1m', '1h'])} ` : '';
  const condition = (): string => new ExpressionMaker(random, fields.known).condition(1);
  const resets = [
    random.chance(0.15) ? 'reset_on_change=t ' : '',
    random.chance(0.15) ? `reset_before=(${condition()}) ` : '',
    random.chance(0.15) ? `reset_after=(${condition()}) ` : '',
  ].join('');
  const text =
    field === undefined
      ? 'count AS s1'
      : random.pick([
          'count AS s1',
          ...['count', 'sum', 'max', 'min', 'avg', 'dc', 'first', 'last'].map(
            (name) => `${name}(${quoted(field)}) AS s1`,
          ),
        ]);
  return {
    text: `streamstats ${resets}${current}${window}${time}${text}${by}`,
    fields: adding(fields, [['s1', 'one']]),
  };
}

function nomv(random: Random, fields: Fields): Made {
  const names = named(fields, 'many');
  if (names.length === 0) return reverse(random, fields);
  const name = random.pick(names);
  return { text: `nomv ${quoted(name)}`, fields: adding(fields, [[name, 'one']]) };
}

function addtotals(random: Random, fields: Fields): Made {
  const names = named(fields);
  if (names.length === 0) return reverse(random, fields);
  return {
    text: `addtotals fieldname=t ${random.pick(['', '', 'col=t ', 'col=t labelfield=t '])}${listed(random.sample(names, 3))}`,
    fields: adding(fields, [['t', 'number']]),
  };
}

/** Rows that have the same fields, so that there is something to put behind. */
function append(random: Random, fields: Fields): Made {
  const names = named(fields).filter((name) => EVENT_NAMES.has(name));
  if (fields.isEvents || names.length === 0) return reverse(random, fields);
  const terms = random.chance(0.5) ? '' : randomSearchTerms(random, fields.known, false);
  const known = new Map(
    [...fields.known].map(
      ([name, kind]) => [name, kind === 'number' && EVENT_NAMES.has(name) && name !== '_time' ? 'one' : kind] as const,
    ),
  );
  return { text: `append [search dataset=kube_audit ${terms} | table ${listed(names)}]`, fields: { ...fields, known } };
}

const EVENT_NAMES = new Set([
  'verb',
  'userAgent',
  'user.username',
  'sourceIPs{}',
  'requestObject.n',
  'requestObject.list{}',
  '_time',
]);

function appendpipe(random: Random, fields: Fields): Made {
  if (fields.isEvents) return reverse(random, fields);
  const inner = random.pick([where, head, stats, evalCommand])(random, fields);
  return {
    text: `appendpipe [${inner.text}]`,
    fields: adding(
      fields,
      [...inner.fields.known].filter(([name]) => !fields.known.has(name)),
    ),
  };
}

function timechart(random: Random, fields: Fields): Made {
  if (!fields.known.has('_time') || !fields.hasTime) return reverse(random, fields);
  const made = aggregations(random, fields, ['_time']);
  const known = new Map<string, Kind>([['_time', 'number'], ...made.fields.known]);
  const option = random.pick(['', 'cont=f ', 'fixedrange=f ']);
  return {
    text: `timechart span=${random.pick(['5s', '10s', '1m'])} ${option}${made.text}`,
    fields: { known, isEvents: false, hasTime: true },
  };
}

/** Over a wildcard nothing that depends on the order of columns: the interpreter does not know it. */
function foreach(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'number').filter((name) => !name.startsWith('_') && name !== 'each');
  if (names.length === 0) return reverse(random, fields);
  if (!fields.isEvents && random.chance(0.5)) {
    const made = named(fields).filter((name) => !name.startsWith('_'));
    return {
      text: `foreach * [ eval "<<MATCHSTR>>_size"=mvcount('<<FIELD>>') ]`,
      fields: adding(
        fields,
        made.map((name) => [`${name}_size`, 'number']),
      ),
    };
  }
  const sum = `eval each=coalesce(each, 0) + coalesce(tonumber('<<FIELD>>'), len('<<FIELD>>'), 0)`;
  return {
    text: `eval each=0 | foreach ${listed(random.sample(names, 3))} [ ${sum} ]`,
    fields: adding(fields, [['each', 'number']]),
  };
}

function transaction(random: Random, fields: Fields): Made {
  const names = named(fields, 'one').filter((name) => !name.startsWith('_'));
  if (!fields.hasTime || !fields.known.has('_time') || names.length === 0) return reverse(random, fields);
  const key = random.chance(0.8) ? `${quoted(random.pick(names))} ` : '';
  const bound = (name: string): string => {
    if (random.chance(0.6)) return '';
    const terms = new ExpressionMaker(random, fields.known).condition(1);
    return random.chance(0.5)
      ? ` ${name}=eval(${terms})`
      : ` ${name}=(${randomSearchTerms(random, fields.known, false) || '*'})`;
  };
  const limits = [
    random.pick(['', ' maxspan=3s', ' maxspan=1m']),
    random.pick(['', '', ' maxpause=2s']),
    random.pick(['', '', ' maxevents=2']),
    random.pick(['', ' keepevicted=t']),
  ];
  const known = new Map(
    [...fields.known].map(([name, kind]) => [name, name === '_time' || name === '_raw' ? kind : 'many'] as const),
  );
  if (key !== '') known.set(key.trim().replaceAll('"', ''), 'one');
  return {
    text: `transaction ${key.trim()}${bound('startswith')}${bound('endswith')}${limits.join('')}`.trim(),
    fields: adding({ ...fields, known }, [
      ['duration', 'number'],
      ['eventcount', 'number'],
      ['closed_txn', 'number'],
    ]),
  };
}

/** The last command: what columns there are behind it nobody knows. */
export function splitCommand(random: Random, fields: Fields): string | undefined {
  const names = named(fields).filter((name) => !name.startsWith('_'));
  if (names.length < 2) return undefined;
  const [by, over] = random.sample(names, 2);
  if (by === undefined || over === undefined) return undefined;
  const made = aggregations(random, fields, [over, '_time']);
  const options = [
    random.pick(['', ' limit=1', ' limit=2', ' limit=bottom 1', ' limit=0']),
    random.pick(['', '', ' useother=f']),
    random.pick(['', '', ' usenull=f']),
  ].join('');
  if (!fields.known.has('_time') || !fields.hasTime || random.chance(0.5)) {
    return `chart ${made.text} OVER ${quoted(over)} BY ${quoted(by)}${options}`;
  }
  const span = random.pick(['span=5s', 'span=1m', 'bins=5', 'span=1mon', 'span=1w@w2']);
  return `timechart ${span}${random.pick(['', ' cont=f'])} ${made.text} BY ${quoted(by)}${options}`;
}

function replace(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (names.length === 0) return reverse(random, fields);
  const pair = random.pick([
    'a WITH b',
    '"a*" WITH "*"',
    '*a WITH "<*>"',
    '* WITH all',
    'get WITH list, list WITH get',
    '"*a*" WITH "*,*"',
  ]);
  return { text: `replace ${pair} IN ${listed(random.sample(names, 2))}`, fields };
}

function mvcombine(random: Random, fields: Fields): Made {
  const names = named(fields, 'one', 'many').filter((name) => !name.startsWith('_'));
  if (fields.isEvents || names.length === 0) return reverse(random, fields);
  const name = random.pick(names);
  return { text: `mvcombine ${quoted(name)}`, fields: adding(fields, [[name, 'many']]) };
}
