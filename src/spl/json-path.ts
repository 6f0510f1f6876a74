/**
 * Field names as paths into JSON: keys joined with dots, `{}` after an array. A key may itself hold dots
 * (`annotations.authorization.k8s.io/decision`), and the spelling does not tell, so every reading is tried against the data,
 * those with the longest first key first.
 */
import { SplError } from './diagnostics.ts';
import { call, type Expression, isNotNull, lambda, list, text } from './expression.ts';
import type { SplLimits } from './limits.ts';
import type { Span } from './source.ts';
import { listValue, nonEmpty, textValue, type Value } from './value.ts';

/**
 * The field `name` of a JSON document: a list where an array step is in it, else text. `known` are the keys that the name begins
 * with, where the document's schema says how to read it.
 */
export function fieldOf(
  document: Expression,
  name: string,
  span: Span,
  limits: SplLimits,
  known: readonly string[] = [],
): Value {
  if (name.includes('*')) {
    throw new SplError('SPL310', `field: expected a name, found the wildcard "${name}".`, span);
  }
  return pathValue(document, name, span, limits, known, SCALARS);
}

/** The macros that read one value, and the members of an array. */
interface Leaves {
  readonly one: 'spl_text_at' | 'spl_json_at';
  readonly members: 'spl_list_at' | 'spl_json_list_at';
}

const SCALARS: Leaves = { one: 'spl_text_at', members: 'spl_list_at' };
const WITH_CONTAINERS: Leaves = { one: 'spl_json_at', members: 'spl_json_list_at' };

function pathValue(
  document: Expression,
  name: string,
  span: Span,
  limits: SplLimits,
  known: readonly string[],
  leaves: Leaves,
): Value {
  const steps = arraySteps(name, span, limits);
  const paths = steps.map((step, index) =>
    step === '' ? ROOT : readings(step, span, limits, index === 0 ? known : []),
  );
  const [first, ...rest] = paths;
  if (first === undefined) throw new Error('fieldOf: expected at least one step.');
  if (rest.length === 0) return textValue(call(leaves.one, document, first));
  return listValue(descend(document, first, rest, 0, leaves));
}

/** The members of the array at `paths`, and so on down; depth-first, as one flat list. */
function descend(
  document: Expression,
  paths: Expression,
  rest: readonly Expression[],
  depth: number,
  leaves: Leaves,
): Expression {
  const [next, ...after] = rest;
  const isLast = next === undefined || (after.length === 0 && next === ROOT);
  if (isLast) return call(leaves.members, document, paths);
  const members = call('spl_members_at', document, paths);
  if (after.length === 0) {
    const each = call(
      'list_transform',
      members,
      lambda(`step_${depth}`, (member) => call(leaves.one, member, next)),
    );
    return nonEmpty(
      call(
        'list_filter',
        each,
        lambda(`kept_${depth}`, (member) => isNotNull(member)),
      ),
    );
  }
  const each = call(
    'list_transform',
    members,
    lambda(`step_${depth}`, (member) => descend(member, next, after, depth + 1, leaves)),
  );
  const present = call(
    'list_filter',
    each,
    lambda(`kept_${depth}`, (member) => isNotNull(member)),
  );
  return nonEmpty(call('flatten', present));
}

/** What stands at a path: several values behind `{}`. Objects and arrays give their JSON text. */
export function valueAt(document: Expression, path: string, span: Span, limits: SplLimits): Value {
  if (/\{[^}]+\}|@/.test(path)) {
    throw new SplError('SPL316', `spath: expected a path of keys and {}, found "${path}".`, span);
  }
  return pathValue(document, path, span, limits, [], WITH_CONTAINERS);
}

/** What stands before, between and behind the `{}` of a name. */
export function arraySteps(name: string, span: Span, limits: SplLimits): readonly string[] {
  const steps = name.split('{}').map((step, index) => (index === 0 ? step : step.replace(/^\./, '')));
  if (steps.length - 1 <= limits.maxNesting) return steps;
  throw new SplError(
    'SPL113',
    `field: expected a name with at most ${limits.maxNesting} {}, found one with ${steps.length - 1}.`,
    span,
  );
}

/** The document itself. */
const ROOT = list([text('$')]);

/** A search's names as they were read before, by its bounds, of which it has an object of its own. */
const readBefore = new WeakMap<SplLimits, { readonly paths: Map<string, Expression>; count: number }>();

/**
 * Every way to read `a.b.c` as keys, as a list of DuckDB's JSON paths: `$."a.b.c"`, `$."a.b".c`, `$.a."b.c"`, `$.a.b.c`. One name
 * is read in several documents, so it is worked out once.
 */
function readings(name: string, span: Span, limits: SplLimits, known: readonly string[]): Expression {
  const before = readBefore.get(limits) ?? { paths: new Map<string, Expression>(), count: 0 };
  readBefore.set(limits, before);
  const key = `${known.length} ${name}`;
  const found = before.paths.get(key);
  if (found !== undefined) return found;
  const keys = keyReadings(name, span, limits, known);
  before.count += keys.length;
  if (before.count > limits.maxSearchReadings) {
    throw new SplError(
      'SPL115',
      `search: expected names that can be read as keys in at most ${limits.maxSearchReadings} ways in all, found more at "${name}".`,
      span,
    );
  }
  const paths = list(keys.map((path) => text(`$${path.map(printKeyStep).join('')}`)));
  before.paths.set(key, paths);
  return paths;
}

/**
 * The keys of every way to read `a.b.c`, the longest first key first; of those only the ones that begin with the known keys.
 * Throws SplError where there are too many.
 */
export function keyReadings(
  name: string,
  span: Span,
  limits: SplLimits,
  known: readonly string[] = [],
): readonly (readonly string[])[] {
  const rest = name.slice(known.join('.').length).replace(/^\./, '');
  if (known.length > 0 && rest === '') return [known];
  const segments = rest.split('.');
  if (2 ** (segments.length - 1) > limits.maxPathReadings) {
    throw new SplError(
      'SPL115',
      `field "${name}": expected a name that can be read as keys in at most ${limits.maxPathReadings} ways, found ${segments.length} dotted parts.`,
      span,
    );
  }
  return split(segments).map((keys) => [...known, ...keys]);
}

function split(segments: readonly string[]): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (let length = segments.length; length > 0; length -= 1) {
    const key = segments.slice(0, length).join('.');
    if (key === '') continue;
    if (length === segments.length) found.push([key]);
    else for (const rest of split(segments.slice(length))) found.push([key, ...rest]);
  }
  return found;
}

/** A key as a step of DuckDB's JSON paths: `.key`, `."odd key"`. */
export function printKeyStep(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `."${key.replace(/[\\"]/g, '\\$&')}"`;
}
