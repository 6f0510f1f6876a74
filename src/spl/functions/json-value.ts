/** JSON texts among values of eval, and paths into them. */
import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import { call, cast, type Expression, lambda, list, NULL, number, text } from '../expression.ts';
import { asText, type TextValue, type Value } from '../value.ts';
import { argumentAt } from './eval-function.ts';

/** DuckDB takes a literal for JSON itself where a text was meant. */
export function documentOf(value: Value): Expression {
  const isLiteral = value.kind === 'text' && value.literal !== undefined;
  return isLiteral || value.kind === 'null' ? cast(value.expression, 'varchar') : asText(value);
}

/** What is read out of an expression that is worked out once, and outside of what is tried. */
export function once(expression: Expression, read: (value: Expression) => Expression): Expression {
  const found = call('list_transform', list([expression]), lambda('whole_', read));
  return { op: 'index', operand: found, index: number(1) };
}

/** A text that is JSON: within other JSON it stands without quotes. */
export function jsonValue(expression: Expression): TextValue {
  return { kind: 'text', expression, json: expression };
}

/**
 * A value within JSON. What JSON functions made, and text of a field that is an array or object, stands as it is; text that looks
 * like a number is one; a literal in quotes always is a text.
 */
export function jsonArgument(expression: Call, index: number, context: EvalContext): Expression {
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
      return value.literal === undefined ? call('spl_json_value', value.expression) : quoted(value.expression);
  }
}

export function quoted(expression: Expression): Expression {
  return cast(call('to_json', expression), 'varchar');
}

export type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  /** Counted from 0. */
  | { readonly kind: 'member'; readonly place: number }
  | { readonly kind: 'members' };

/** `a.b{0}.c{}`: keys joined with dots, `{0}` for a member of an array, `{}` for all of them. */
export function pathSteps(path: string, expression: Call, index: number): readonly PathStep[] {
  return path.split('.').flatMap((part) => {
    const found = /^([^{}]*)((?:\{\d{0,9}\})*)$/.exec(part);
    const [, key = '', braces = ''] = found ?? [];
    if (found === null || (key === '' && braces === '')) {
      throw new SplError(
        'SPL304',
        `${expression.name}(): expected a path of keys, {<n>} and {}, found "${path}".`,
        argumentAt(expression, index).span,
      );
    }
    const members = [...braces.matchAll(/\{(\d*)\}/g)].map(
      ([, place = '']): PathStep => (place === '' ? { kind: 'members' } : { kind: 'member', place: Number(place) }),
    );
    return key === '' ? members : [{ kind: 'key', key } as const, ...members];
  });
}
