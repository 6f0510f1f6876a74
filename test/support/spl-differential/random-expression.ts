/** Random expressions of eval and where, by what they come to. */
import type { Random } from './random.ts';
import { TEXTS } from './random-events.ts';
import type { Kind } from './random-fields.ts';
import { randomSearchTerms } from './random-terms.ts';

const PATTERNS = [
  'a',
  '^a',
  'a$',
  '[a-z]+',
  '\\\\d+',
  '(?i)alpha',
  '^$',
  '.',
  'l.*a',
  '\\\\s',
  'b|g',
  '^.{3}$',
  '[^a]',
  '\\\\w+\\\\.\\\\w+',
];
/** Backslashes before what they make ordinary, before groups and at the end; one group is not always there. */
const REPLACEMENTS = [
  '\\-', '\\/', '\\\\', '\\', '<\\0>', '\\1', "\\'", '\\\\0', '\\"', '\\ ', '\\é', '\\n', '\\😀', '\\00', 'x\\', '&', '$1',
]; // biome-ignore format: a flat list
const LIKE_PATTERNS = ['a%', '%a', '%l%', '_', '%', 'A%', '___', '%_b%', '10.0.0._', '', 'alpha'];
const NETWORKS = ['10.0.0.0/8', '10.0.0.0/29', '192.168.0.0/16', '0.0.0.0/0', '2001:db8::/32'];

const JSON_TEXTS = [
  '{"a":1,"z":{"c":["p","q"]},"b.c":2.5}',
  '[1,"x",null,{"a":true},[]]',
  '{}',
  '{"a":{"a":"é"}}',
  '7',
  '"t"',
];
const JSON_PATHS = ['a', 'a.a', 'z.c', 'z.c{}', 'z.c{1}', '{0}', '{}', '{}.a', '{3}.a', 'b.c', 'verb'];
const WRITTEN_FORMATS = [
  '"%Y-%m-%dT%H:%M:%S"',
  '"%F %T.%3N"',
  '"%s|%e %k %l"',
  '"%a %A %b %B %d %y %I %p"',
  '"%j %U %W %w %u %G-%V"',
  '"%c %z %Z %%"',
  '"%D %R.%6N"',
  '"%N|%9N|%f|%9Q|%Q"',
];
const READ_FORMATS = ['%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%F', '%s'];
const ZONES = ['Z', 'UTC', 'GMT', '+00:00', '+0530', '-08', 'PST', 'EDT', 'CET', 'z', ''];

export class ExpressionMaker {
  readonly #random: Random;
  readonly #fields: ReadonlyMap<string, Kind>;

  constructor(random: Random, fields: ReadonlyMap<string, Kind>) {
    this.#random = random;
    this.#fields = fields;
  }

  /** The value and what it is. */
  any(depth: number): { readonly text: string; readonly kind: Kind } {
    const form = this.#random.below(5);
    if (form < 2) return { text: this.text(depth), kind: 'one' };
    return form < 4 ? { text: this.number(depth), kind: 'number' } : { text: this.list(depth), kind: 'many' };
  }

  text(depth: number): string {
    const random = this.#random;
    const inner = (): string => this.text(depth - 1);
    if (depth <= 0 || random.chance(0.25)) return random.chance(0.3) ? this.literal() : this.#field('one');
    const forms: readonly (() => string)[] = [
      () => `lower(${inner()})`,
      () => `upper(${inner()})`,
      () => `trim(${inner()})`,
      () => `rtrim(${inner()}, "a")`,
      () => `ltrim(${inner()}, "al")`,
      () => `substr(${inner()}, ${random.pick([1, 2, 5, -1, -2])})`,
      () => `substr(${inner()}, ${random.pick([1, 2])}, ${random.pick([0, 1, 3])})`,
      () =>
        `replace(${inner()}, "${random.pick(['a', '[a-c]', '\\\\d', '^(.)', 'l(p|i)'])}", "${random.pick(['x', '', '-'])}")`,
      () => `replace(${inner()}, "(.)(.)", "\\\\2\\\\1")`,
      () =>
        `replace(${inner()}, "${random.pick(['a', '[a-c]', '(.)a', ','])}", ${quoteInEval(random.pick(REPLACEMENTS))})`,
      () => `${inner()} . ${inner()}`,
      () => `${inner()} + ${inner()}`,
      () => `if(${this.condition(depth - 1)}, ${inner()}, ${inner()})`,
      () =>
        `case(${this.condition(depth - 1)}, ${inner()}, ${this.condition(depth - 1)}, ${inner()}, true(), ${inner()})`,
      () => `case(${this.condition(depth - 1)}, ${inner()})`,
      () => `validate(${this.condition(depth - 1)}, ${inner()})`,
      () => `coalesce(${inner()}, ${inner()})`,
      () => `nullif(${inner()}, ${inner()})`,
      () => `mvjoin(${this.list(depth - 1)}, "${random.pick([',', ';', ''])}")`,
      () => `mvindex(${this.list(depth - 1)}, ${random.pick([0, 1, -1, 5])})`,
      () => `tostring(${this.number(depth - 1)})`,
      () => `md5(${inner()})`,
      () => `ipmask("255.255.0.0", ${inner()})`,
      () => `sha1(${inner()})`,
      () => `sha256(${inner()})`,
      () => `null()`,
      () => `typeof(${random.chance(0.5) ? inner() : this.number(depth - 1)})`,
      () => `urldecode(${inner()})`,
      () => `strftime(${this.number(depth - 1)} * 100000, ${random.pick(WRITTEN_FORMATS)})`,
      () => `strftime(_time, ${random.pick(WRITTEN_FORMATS)})`,
      () => `tostring(${this.number(depth - 1)}, "${random.pick(['hex', 'binary', 'commas', 'duration'])}")`,
      () => `printf("%s:%d", ${inner()}, ${this.number(depth - 1)})`,
      () =>
        `printf("${random.pick(['%5.2f', '%-8.1f|', '%05d', '%x', '%o', '%+d', '%e', '%-06d|', '%+x', '% o|', '%06.3d', '%-07.2f|', '%06.3x', '%5.2d%%'])}", ${this.number(depth - 1)})`,
      () => `json_array(${inner()}, ${this.number(depth - 1)}, ${this.condition(depth - 1)})`,
      () => `json_object(${inner()}, ${inner()}, "k", json_array(${inner()}))`,
      () => `json_extract(${this.#json(depth)}, "${random.pick(JSON_PATHS)}")`,
      () => `json_extract(${this.#json(depth)}, "${random.pick(JSON_PATHS)}", "${random.pick(JSON_PATHS)}")`,
      () => `json_extract_exact(${this.#json(depth)}, "${random.pick(['a', 'b.c', 'z'])}")`,
      () => `json_keys(${this.#json(depth)})`,
      () => `json_entries(${this.#json(depth)})`,
      () => `json_set(${this.#json(depth)}, ${this.#pair(depth)})`,
      () => `json_set(${this.#json(depth)}, ${this.#pair(depth)}, ${this.#pair(depth)})`,
      () => `json_set_exact(${this.#json(depth)}, "${random.pick(['a', 'b.c', 'new'])}", ${inner()})`,
      () => `json_append(${this.#json(depth)}, ${this.#pair(depth)})`,
      () =>
        `json_extend(${this.#json(depth)}, "${random.pick(JSON_PATHS)}", ${random.pick(['json_array(1, "x")', inner()])})`,
      () => `json_delete(${this.#json(depth)}, "${random.pick(['a', 'a.a', 'z.c', 'nope'])}", "b.c")`,
      () => `toarray(${random.chance(0.5) ? this.list(depth - 1) : this.#json(depth)})`,
      () => `toobject(${this.#json(depth)})`,
      () => `mv_to_json_array(${this.list(depth - 1)}, true())`,
      () => `json(${this.#json(depth)})`,
      () => `mv_to_json_array(${this.list(depth - 1)})`,
      () => `spath(${this.#json(depth)}, "${random.pick(['a', 'b.c', 'z', 'verb'])}")`,
      () => `max(${inner()}, ${this.list(depth - 1)})`,
      () => `min(${inner()}, ${this.number(depth - 1)}, ${inner()})`,
    ];
    return random.pick(forms)();
  }

  number(depth: number): string {
    const random = this.#random;
    const inner = (): string => this.number(depth - 1);
    if (depth <= 0 || random.chance(0.25)) {
      return random.chance(0.4)
        ? String(random.pick([0, 1, 2, 5, 10, 1.5, 403]))
        : this.#field(random.chance(0.5) ? 'number' : 'one');
    }
    const forms: readonly (() => string)[] = [
      () => `(${inner()} ${random.pick(['+', '-', '*', '/', '%'])} ${inner()})`,
      () => `${inner()} ${random.pick(['+', '-'])} ${inner()} * ${inner()}`,
      () => `-${this.#field('one')}`,
      () => `len(${this.text(depth - 1)})`,
      () => `abs(${inner()})`,
      () => `ceil(${inner()})`,
      () => `floor(${inner()})`,
      () => `round(${inner()})`,
      () => `round(${inner()}, ${random.pick([1, 2])})`,
      () => `mvcount(${this.list(depth - 1)})`,
      () => `mvfind(${this.list(depth - 1)}, "${random.pick(PATTERNS)}")`,
      () => `tonumber(${this.text(depth - 1)})`,
      () => `min(${inner()}, ${inner()})`,
      () => `max(${inner()}, ${inner()}, 3)`,
      () => `bit_and(${inner()}, ${inner()})`,
      () => `bit_xor(${inner()}, 5)`,
      () => `sqrt(abs(${inner()}))`,
      () => `pow(${inner()}, 2)`,
      () => `if(${this.condition(depth - 1)}, ${inner()}, ${inner()})`,
      () => `coalesce(${inner()}, ${inner()})`,
      () => `${this.#field('many')} + 1`,
      () => `strptime(${this.text(depth - 1)}, "${random.pick(READ_FORMATS)}")`,
      () =>
        `strptime(strftime(_time, "%FT%T.%6N") . "${random.pick(ZONES)}", "%Y-%m-%dT%H:%M:%S.%6N${random.pick(['%Z', '%z', '%:z', 'Z', ''])}")`,
      () =>
        `strptime(strftime(_time, "%H:%M ${random.pick(ZONES)} %F"), "%H:%M ${random.pick(['%Z', '%z'])} %Y-%m-%d")`,
      () => `strptime(strftime(_time, "%d %b %Y %H:%M"), "%d %b %Y %H:%M")`,
      () =>
        `round(${random.pick(['sin', 'cos', 'atan', 'asin', 'acos', 'asinh', 'acosh', 'atanh', 'tanh'])}(${inner()}), 6)`,
      () => `round(hypot(${inner()}, 3), 6)`,
      () => `tonumber(${this.text(depth - 1)}, ${random.pick([2, 8, 10, 16, 36])})`,
      () => `bit_not(${inner()}${random.pick(['', ', 255'])})`,
      () => `bit_shift_left(${inner()}, ${random.pick([0, 3, 50, 60])})`,
      () => `bit_shift_right(${inner()}, ${inner()})`,
      () => `bit_or(${inner()}, ${inner()})`,
      () => `exact(${inner()})`,
      () => `todouble(${random.chance(0.5) ? inner() : this.text(depth - 1)})`,
      () => `toint(${random.chance(0.5) ? inner() : this.text(depth - 1)}${random.pick(['', ', 16'])})`,
      () => `relative_time(1700000000, "${random.pick(['-1d@d', '@h', '-70m@m', '@w0', '-1mon@mon', '@w1+2h'])}")`,
    ];
    return random.pick(forms)();
  }

  list(depth: number): string {
    const random = this.#random;
    const field = this.#field('many');
    if (depth <= 0 || random.chance(0.3)) return field;
    const inner = (): string => this.list(depth - 1);
    const isField = field.startsWith("'") || /^[a-z]\w*$/i.test(field);
    const forms: readonly (() => string)[] = [
      () => `split(${this.text(depth - 1)}, "${random.pick([',', ' ', 'a'])}")`,
      () => `mvappend(${this.text(depth - 1)}, ${inner()})`,
      () => `mvappend(${inner()}, ${inner()})`,
      () => `mvdedup(${inner()})`,
      () => `json_array_to_mv(${this.#json(depth)}${random.pick(['', ', true()'])})`,
      () => `json_array_to_mv(mv_to_json_array(${inner()}))`,
      () => `tomv(${random.chance(0.5) ? inner() : this.#json(depth)})`,
      () => `spath(${this.#json(depth)}, "${random.pick(['z.c{}', '{}'])}")`,
      () => `mvreverse(${inner()})`,
      () => `mvrange(0, ${random.pick([0, 1, 4])})`,
      () => `mvsort(${inner()})`,
      () => `mvzip(${inner()}, ${inner()})`,
      () => `mvindex(${inner()}, ${random.pick(['0, 1', '1, 2', '0, -1', '1, 0'])})`,
      () => `lower(${inner()})`,
      () => `replace(${inner()}, "a", "b")`,
      () => (isField ? `mvfilter(match(${field}, "${random.pick(PATTERNS)}"))` : inner()),
      () => (isField ? `mvfilter(${field} != "alpha")` : inner()),
      () => (isField ? `mvmap(${field}, upper(${field}))` : inner()),
      () => (isField ? `mvmap(${field}, ${field} . "x")` : inner()),
    ];
    return random.pick(forms)();
  }

  condition(depth: number): string {
    const random = this.#random;
    const inner = (): string => this.condition(depth - 1);
    const value = (): string => (random.chance(0.3) ? this.list(depth - 1) : this.text(depth - 1));
    if (depth > 0 && random.chance(0.35)) {
      const form = random.below(5);
      if (form === 0) return `NOT ${inner()}`;
      if (form === 1) return `(${inner()} OR ${inner()})`;
      if (form === 2) return `(${inner()} XOR ${inner()})`;
      return form === 3 ? `${inner()} AND ${inner()}` : `(${inner()} or ${inner()} and not ${inner()})`;
    }
    const operator = (): string => random.pick(['=', '==', '!=', '<', '<=', '>', '>=']);
    const forms: readonly (() => string)[] = [
      () => `${this.#field('one')} ${operator()} ${this.literal()}`,
      () => `${this.#field('one')} ${operator()} ${random.pick([0, 5, 10, 9, 1.5])}`,
      () => `${this.#field('many')} ${operator()} ${this.literal()}`,
      () => `${this.#field('many')} ${operator()} ${random.pick([0, 5, 80])}`,
      () => `${this.#field('one')} ${operator()} ${this.#field('one')}`,
      () => `${this.#field('many')} ${operator()} ${this.#field(random.pick<Kind>(['one', 'many']))}`,
      () => `${this.text(depth - 1)} ${operator()} ${this.text(depth - 1)}`,
      () => `${this.number(depth - 1)} ${operator()} ${this.number(depth - 1)}`,
      () => `isnull(${value()})`,
      () => `isnotnull(${value()})`,
      () => `isnum(${this.#field('one')})`,
      () => `isstr(${this.#field('one')})`,
      () => `like(${value()}, "${random.pick(LIKE_PATTERNS)}")`,
      () => `${this.#field('one')} LIKE "${random.pick(LIKE_PATTERNS)}"`,
      () => `match(${value()}, "${random.pick(PATTERNS)}")`,
      () => `in(${value()}, ${this.literal()}, ${this.literal()})`,
      () => `${this.#field('one')} IN (${this.literal()}, 5)`,
      () => `${this.#field('many')} IN (${this.literal()}, ${this.#field('one')})`,
      () => `cidrmatch("${random.pick(NETWORKS)}", ${value()})`,
      () => `cidrmatch(${this.text(depth - 1)}, ${value()})`,
      () => `json_valid(${this.#json(depth)})`,
      () => `${random.pick(['isarray', 'isobject'])}(${this.#json(depth)})`,
      () =>
        `${random.pick(['isint', 'isdouble'])}(${random.chance(0.5) ? this.number(depth - 1) : this.text(depth - 1)})`,
      () => `ismv(${value()})`,
      () => `isbool(${random.chance(0.5) ? value() : inner()})`,
      () => `tobool(${random.chance(0.5) ? value() : this.number(depth - 1)})`,
      () => `json_has_key_exact(${this.#json(depth)}, "a")`,
      () => `searchmatch(${quoteInEval(randomSearchTerms(random, this.#fields, false))})`,
      () => 'true()',
      () => '1=1',
    ];
    return random.pick(forms)();
  }

  #json(depth: number): string {
    const random = this.#random;
    if (random.chance(0.3)) return this.text(depth - 1);
    const names = ['requestObject.json', 'userAgent'].filter((name) => this.#fields.get(name) === 'one');
    return names.length > 0 && random.chance(0.7)
      ? fieldInEval(random.pick(names))
      : quoteInEval(random.pick(JSON_TEXTS));
  }

  /** A path and a value. */
  #pair(depth: number): string {
    const value = this.#random.chance(0.3) ? this.#json(depth) : this.text(depth - 1);
    return `"${this.#random.pick([...JSON_PATHS, 'new', 'new.inner', 'a.new'])}", ${value}`;
  }

  literal(): string {
    return quoteInEval(this.#random.pick(TEXTS));
  }

  #field(kind: Kind): string {
    const names = [...this.#fields].filter(([, own]) => own === kind).map(([name]) => name);
    if (names.length > 0) return fieldInEval(this.#random.pick(names));
    return kind === 'number' ? '7' : kind === 'many' ? 'split("p,q,p", ",")' : '"alpha"';
  }
}

export function fieldInEval(name: string): string {
  return /^[A-Za-z]\w*$/.test(name) ? name : `'${name}'`;
}

export function quoteInEval(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
