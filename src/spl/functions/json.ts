/**
 * Functions of JSON texts. A path is written in quotes: keys joined with dots, `{2}` for a member of an array, `{}` for all of them.
 * What is no JSON gives nothing.
 */
import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import { binary, call, cast, type Expression, isNotNull, list, text, when } from '../expression.ts';
import { printKeyStep, valueAt } from '../json-path.ts';
import { asList, asText, booleanValue, listValue, type Value } from '../value.ts';
import {
  argumentAt,
  type EvalFunction,
  type EvalFunctions,
  literalArgument,
  ofValues,
  required,
} from './eval-function.ts';
import { documentOf, jsonArgument, jsonValue, once, pathSteps, quoted } from './json-value.ts';

export const jsonFunctions: EvalFunctions = {
  /** The text where it is JSON. */
  json: ofValues(1, 1, ([value]) => {
    const document = documentOf(required(value));
    return jsonValue(when(call('spl_json_valid', document), document));
  }),
  json_valid: ofValues(1, 1, ([value]) => booleanValue(call('spl_json_valid', documentOf(required(value))))),
  json_keys: ofValues(1, 1, ([value]) => jsonValue(call('spl_json_keys', documentOf(required(value))))),
  json_entries: ofValues(1, 1, ([value]) => jsonValue(call('spl_json_entries', documentOf(required(value))))),
  json_array: {
    least: 0,
    most: Number.POSITIVE_INFINITY,
    lower: (expression, context) =>
      jsonValue(arrayOf(expression.arguments.map((_, index) => jsonArgument(expression, index, context)))),
  },
  json_object: {
    least: 0,
    most: Number.POSITIVE_INFINITY,
    lower(expression, context) {
      if (expression.arguments.length % 2 !== 0) {
        throw new SplError(
          'SPL303',
          `json_object(): expected keys and values in pairs, found ${expression.arguments.length} arguments.`,
          expression.span,
        );
      }
      const pairs = Array.from({ length: expression.arguments.length / 2 }, (_, index) => {
        const key = quoted(asText(context.value(argumentAt(expression, index * 2))));
        return binary('||', binary('||', key, text(':')), jsonArgument(expression, index * 2 + 1, context));
      });
      return jsonValue(joined('{', pairs, '}'));
    },
  },
  json_extract: extracting(readPath),
  json_extract_exact: extracting((key) => `$${printKeyStep(key)}`),
  json_has_key_exact: ofValues(2, 2, ([value], expression) => {
    const path = text(`$${printKeyStep(literalArgument(expression, 1))}`);
    return booleanValue(isNotNull(call('spl_json_fragment', documentOf(required(value)), path)));
  }),
  /** Its members as several values; texts without their quotes unless these are asked for. */
  json_array_to_mv: {
    least: 1,
    most: 2,
    lower(expression, context) {
      const document = documentOf(context.value(argumentAt(expression, 0)));
      return listValue(call('spl_json_members', document, switchArgument(expression, 1, context)));
    },
  },
  mv_to_json_array: {
    least: 1,
    most: 2,
    lower(expression, context) {
      const value = context.value(argumentAt(expression, 0));
      const infers = switchArgument(expression, 1, context);
      if (infers.op === 'boolean' && infers.value) return jsonValue(call('spl_json_inferred', asList(value)));
      return jsonValue(cast(call('to_json', asList(value)), 'varchar'));
    },
  },
  /** As the command spath does with a path. */
  spath: {
    least: 2,
    most: 2,
    lower(expression, context) {
      const document = documentOf(context.value(argumentAt(expression, 0)));
      const path = literalArgument(expression, 1);
      const read = (whole: Expression): Value =>
        valueAt(whole, path, argumentAt(expression, 1).span, context.scope.settings.limits);
      return {
        kind: path.includes('{}') ? 'list' : 'text',
        expression: once(document, (whole) => read(whole).expression),
      };
    },
  },
};

/** Of one path what stands there, of several an array of that. */
function extracting(read: (path: string, call: Call, index: number) => string): EvalFunction {
  return {
    least: 2,
    most: Number.POSITIVE_INFINITY,
    lower(expression, context) {
      const document = documentOf(context.value(argumentAt(expression, 0)));
      const found = expression.arguments.slice(1).map((_, index) => {
        const path = read(literalArgument(expression, index + 1), expression, index + 1);
        return fragmentAt(document, path);
      });
      const [first, ...rest] = found;
      if (first === undefined) throw new Error('json_extract: expected its arguments to have been counted.');
      if (rest.length > 0) return jsonValue(arrayOf(found.map((item) => item.json)));
      return { kind: 'text', ...first };
    },
  };
}

interface Fragment {
  /** The text of a scalar, the JSON of anything else. */
  readonly expression: Expression;
  readonly json: Expression;
}

function fragmentAt(document: Expression, path: string): Fragment {
  const found = call('spl_json_fragment', document, text(path));
  if (path.includes('[*]')) {
    const members = cast(call('to_json', call('nullif', cast(found, 'json[]'), cast(list([]), 'json[]'))), 'varchar');
    return { expression: members, json: members };
  }
  return { expression: call('json_extract_string', found, text('$')), json: cast(found, 'varchar') };
}

/** `a.b{0}.c{}` as DuckDB writes it: `$.a.b[0].c[*]`. */
function readPath(path: string, expression: Call, index: number): string {
  const steps = pathSteps(path, expression, index).map((step) => {
    if (step.kind === 'key') return printKeyStep(step.key);
    return step.kind === 'member' ? `[${step.place}]` : '[*]';
  });
  return `$${steps.join('')}`;
}

function arrayOf(members: readonly Expression[]): Expression {
  return joined(
    '[',
    members.map((member) => call('coalesce', member, text('null'))),
    ']',
  );
}

function joined(open: string, parts: readonly Expression[], close: string): Expression {
  const separated = parts.flatMap((part, index) => (index === 0 ? [part] : [text(','), part]));
  return [...separated, text(close)].reduce((made, part) => binary('||', made, part), text(open));
}

/** true() or false(), which is what it is when it is left out. */
function switchArgument(expression: Call, index: number, context: EvalContext): Expression {
  const argument = expression.arguments[index];
  if (argument === undefined) return { op: 'boolean', value: false };
  const value = context.value(argument);
  if (value.kind === 'boolean' && value.expression.op === 'boolean') return value.expression;
  throw new SplError('SPL304', `${expression.name}(): expected true() or false(), found an expression.`, argument.span);
}
