/**
 * Functions that give a JSON document with something changed. Pairs of paths and values are carried out from left to right, each on
 * what the one before it left. A path that does not fit the document changes nothing; what is no JSON gives nothing.
 */
import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import { binary, call, cast, type Expression, isNotNull, lambda, number, text, when } from '../expression.ts';
import { printKeyStep } from '../json-path.ts';
import { argumentAt, type EvalFunction, type EvalFunctions, literalArgument } from './eval-function.ts';
import { documentOf, jsonArgument, jsonValue, once, type PathStep, pathSteps, quoted } from './json-value.ts';

/** Every step of a path is a change within a change, which costs DuckDB twice as much as the one before it. */
const MOST_STEPS = 10;
/** Every pair of a path and a value, and every key, is a change of a change. */
const MOST_CHANGES = 50;

/** What stands at the end of a path, before and after. */
type Change = (existing: Expression) => Expression;

/** A document and, where there is one, the value that goes with the path. */
type Step = (document: Expression, value: Expression | undefined) => Expression;

export const jsonUpdateFunctions: EvalFunctions = {
  /** Keys that are missing on the way are made. */
  json_set: pairwise((steps) => (document, value) => updated(document, steps, () => given(value), value)),
  json_set_exact: {
    least: 3,
    most: 3,
    lower(expression, context) {
      const step = { kind: 'key', key: literalArgument(expression, 1) } as const;
      const values = [jsonArgument(expression, 2, context)];
      return changed(expression, context, values, [
        (document, value) => updated(document, [step], () => given(value), value),
      ]);
    },
  },
  /** One more member of an array; anything else becomes the first of two. */
  json_append: pairwise(
    (steps) => (document, value) =>
      updated(document, steps, (existing) => call('spl_json_append', existing, given(value))),
  ),
  /** As `json_append`, with every member of an array. */
  json_extend: pairwise(
    (steps) => (document, value) =>
      updated(document, steps, (existing) => call('spl_json_extend', existing, given(value))),
  ),
  json_delete: {
    least: 2,
    most: 1 + MOST_CHANGES,
    lower(expression, context) {
      const keys = expression.arguments.slice(1).map((_, index) => keysAt(expression, index + 1));
      const steps = keys.map(
        (path): Step =>
          (document) =>
            withoutKey(document, path),
      );
      const onlyObjects: Step = (document) =>
        when(binary('=', call('spl_json_kind', document), text('OBJECT')), document);
      return changed(expression, context, [], [onlyObjects, ...steps]);
    },
  },
};

/** A document, then pairs of a path and a value. */
function pairwise(change: (steps: readonly PathStep[]) => Step): EvalFunction {
  return {
    least: 3,
    most: 1 + 2 * MOST_CHANGES,
    lower(expression, context) {
      if (expression.arguments.length % 2 !== 1) {
        throw new SplError(
          'SPL303',
          `${expression.name}(): expected a document and pairs of a path and a value, found ${expression.arguments.length} arguments.`,
          expression.span,
        );
      }
      const places = Array.from({ length: (expression.arguments.length - 1) / 2 }, (_, index) => index * 2 + 1);
      const values = places.map((place) => jsonArgument(expression, place + 1, context));
      const steps = places.map((place) => change(shortPath(expression, place)));
      return changed(expression, context, values, steps);
    },
  };
}

/**
 * The first argument where it is JSON, changed step by step. Document and values are worked out beside one another and before all
 * else: within the changes they would lie as deep as these do.
 */
function changed(expression: Call, context: EvalContext, values: readonly Expression[], steps: readonly Step[]) {
  const document = documentOf(context.value(argumentAt(expression, 0)));
  const made = once(call('row', document, ...values), (all) => {
    const part = (place: number): Expression => call('struct_extract', all, number(place + 1));
    const whole = when(call('spl_json_valid', part(0)), cast(call('json_extract', part(0), text('$')), 'varchar'));
    return steps.reduce<Expression>(
      (before, step, index) =>
        once(before, (found) => when(isNotNull(found), step(found, values[index] && part(index + 1)))),
      whole,
    );
  });
  // Numbers of the values are written as those of the document.
  return jsonValue(cast(call('json_extract', made, text('$')), 'varchar'));
}

function given(value: Expression | undefined): Expression {
  if (value === undefined) throw new Error('json_set: expected a value for each path.');
  return value;
}

/** `made` is what a path gives whose keys the document does not have; without it such a path changes nothing. */
function updated(document: Expression, steps: readonly PathStep[], change: Change, made?: Expression): Expression {
  const [step, ...rest] = steps;
  if (step === undefined) return change(document);
  if (step.kind === 'members') return updatedMembers(document, rest, change, made);
  const path = step.kind === 'key' ? printKeyStep(step.key) : `[${step.place}]`;
  const child = cast(call('json_extract', document, text(`$${path}`)), 'varchar');
  const put = (value: Expression): Expression =>
    step.kind === 'key'
      ? call('spl_json_with', document, text(step.key), value)
      : call('spl_json_with_member', document, number(step.place), value);
  const whens = [
    {
      condition: isNotNull(child),
      result: put(once(child, (existing) => updated(existing, rest, change, made))),
    },
  ];
  if (step.kind === 'key' && made !== undefined && rest.every(({ kind }) => kind === 'key')) {
    const isObject = binary('=', call('spl_json_kind', document), text('OBJECT'));
    whens.push({ condition: isObject, result: put(nested(rest, made)) });
  }
  return { op: 'case', whens, otherwise: document };
}

function updatedMembers(
  document: Expression,
  rest: readonly PathStep[],
  change: Change,
  made: Expression | undefined,
): Expression {
  const members = cast(call('json_extract', document, text('$[*]')), 'varchar[]');
  const each = call(
    'list_transform',
    members,
    lambda('member_', (member) => updated(member, rest, change, made)),
  );
  const joined = binary('||', binary('||', text('['), call('array_to_string', each, text(','))), text(']'));
  return when(binary('=', call('spl_json_kind', document), text('ARRAY')), joined, document);
}

/** `{"b":{"c":value}}` */
function nested(steps: readonly PathStep[], value: Expression): Expression {
  return [...steps].reverse().reduce((inner, step) => {
    if (step.kind !== 'key') throw new Error('json_set: expected keys only.');
    const opened = binary('||', binary('||', text('{'), quoted(text(step.key))), text(':'));
    return binary('||', binary('||', opened, inner), text('}'));
  }, value);
}

function shortPath(expression: Call, index: number): readonly PathStep[] {
  const steps = pathSteps(literalArgument(expression, index), expression, index);
  if (steps.length <= MOST_STEPS) return steps;
  throw new SplError(
    'SPL113',
    `${expression.name}(): expected a path of at most ${MOST_STEPS} steps, found ${steps.length}.`,
    argumentAt(expression, index).span,
  );
}

function keysAt(expression: Call, index: number): readonly string[] {
  return shortPath(expression, index).map((step) => {
    if (step.kind === 'key') return step.key;
    throw new SplError(
      'SPL304',
      `${expression.name}(): expected keys joined with dots, found a member of an array.`,
      argumentAt(expression, index).span,
    );
  });
}

function withoutKey(document: Expression, keys: readonly string[]): Expression {
  const before = keys.slice(0, -1).map((key) => ({ kind: 'key', key }) as const);
  return updated(document, before, (parent) => call('spl_json_without', parent, text(keys.at(-1) ?? '')));
}
