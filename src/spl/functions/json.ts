/**
 * Functions of JSON texts. A path is written in quotes: keys joined with dots, `{2}` for a member of an array, `{}` for all of them.
 * What is no JSON gives nothing.
 */
import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import {
  binary,
  call,
  cast,
  type Expression,
  isNotNull,
  lambda,
  list,
  NULL,
  number,
  text,
  when,
} from '../expression.ts';
import { printKeyStep, valueAt } from '../json-path.ts';
import { asList, asNumber, asText, booleanValue, listValue, type TextValue, type Value } from '../value.ts';
import {
  argumentAt,
  type EvalFunction,
  type EvalFunctions,
  literalArgument,
  ofValues,
  required,
} from './eval-function.ts';

export const jsonFunctions: EvalFunctions = {
  /** The text where it is JSON. */
  json: ofValues(1, 1, ([value]) => {
    const document = documentOf(required(value));
    return jsonValue(when(call('spl_json_valid', document), document));
  }),
  json_valid: ofValues(1, 1, ([value]) => booleanValue(call('spl_json_valid', documentOf(required(value))))),
  json_keys: ofValues(1, 1, ([value]) => jsonValue(call('spl_json_keys', documentOf(required(value))))),
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
      if (infers.op === 'boolean' && infers.value) {
        throw new SplError(
          'SPL304',
          'mv_to_json_array(): expected false(), found true(); members stay texts here.',
          argumentAt(expression, 1).span,
        );
      }
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

/** DuckDB takes a literal for JSON itself where a text was meant. */
function documentOf(value: Value): Expression {
  return value.kind === 'text' && value.literal !== undefined ? cast(value.expression, 'varchar') : asText(value);
}

/** What is read out of an expression that is worked out once, and outside of what is tried. */
function once(expression: Expression, read: (value: Expression) => Expression): Expression {
  const found = call('list_transform', list([expression]), lambda('whole_', read));
  return { op: 'index', operand: found, index: number(1) };
}

/** A text that is JSON: within other JSON it stands without quotes. */
function jsonValue(expression: Expression): TextValue {
  return { kind: 'text', expression, json: expression };
}

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
  const steps = path.split('.').map((step) => {
    const found = /^([^{}]*)((?:\{\d*\})*)$/.exec(step);
    const [, key = '', braces = ''] = found ?? [];
    if (found === null || (key === '' && braces === '')) {
      throw new SplError(
        'SPL304',
        `${expression.name}(): expected a path of keys, {<n>} and {}, found "${path}".`,
        argumentAt(expression, index).span,
      );
    }
    const members = braces.replaceAll('{}', '[*]').replaceAll('{', '[').replaceAll('}', ']');
    return `${key === '' ? '' : printKeyStep(key)}${members}`;
  });
  return `$${steps.join('')}`;
}

/** A value within JSON. Text that looks like a number is one, as everywhere; a literal in quotes never. */
function jsonArgument(expression: Call, index: number, context: EvalContext): Expression {
  const argument = argumentAt(expression, index);
  const value = context.value(argument);
  if (value.kind === 'list') {
    throw new SplError(
      'SPL315',
      `${expression.name}(): expected a value, found a field that may hold several.`,
      argument.span,
      'mv_to_json_array() makes an array of them.',
    );
  }
  return call('coalesce', jsonOf(value), text('null'));
}

function jsonOf(value: Exclude<Value, { kind: 'list' }>): Expression {
  switch (value.kind) {
    case 'null':
      return cast(NULL, 'varchar');
    case 'boolean':
      return cast(value.expression, 'varchar');
    case 'number':
      return asText(value);
    case 'text':
      if (value.json !== undefined) return value.json;
      if (value.literal !== undefined) return quoted(value.expression);
      return call('coalesce', call('spl_number_text', asNumber(value)), quoted(value.expression));
  }
}

function quoted(expression: Expression): Expression {
  return cast(call('to_json', expression), 'varchar');
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
