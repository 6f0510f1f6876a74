/** Functions of fields with several values. A list never is empty: without values the field is absent. */

import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import { and, binary, call, cast, type Expression, isNotNull, lambda, number, text, when } from '../expression.ts';
import { fieldsOfEval } from '../field-names.ts';
import { rePattern } from '../regular-expression.ts';
import {
  ABSENT,
  asList,
  asNumber,
  asText,
  eachMember,
  listValue,
  nonEmpty,
  textValue,
  type Value,
  wholeValue,
} from '../value.ts';
import {
  argumentAt,
  type EvalFunctions,
  integerArgument,
  literalArgument,
  ofValues,
  required,
} from './eval-function.ts';

/** A list is made at once, and cannot be stopped while it is. */
const MOST_STEPS = 100_000;

export const multivalueFunctions: EvalFunctions = {
  mvcount: ofValues(1, 1, ([value]) => {
    const given = required(value);
    if (given.kind === 'list') return wholeValue(call('len', given.expression));
    return wholeValue(when(isNotNull(given.expression), number(1)));
  }),
  /** From 0; negative from the end; inclusive. */
  mvindex: {
    least: 2,
    most: 3,
    lower(expression, context) {
      const list = asList(context.value(argumentAt(expression, 0)));
      const start = integerArgument(expression, 1);
      if (expression.arguments.length === 2)
        return textValue({ op: 'index', operand: list, index: number(position(start)) });
      const end = integerArgument(expression, 2);
      const slice: Expression = {
        op: 'index',
        operand: list,
        index: number(position(start)),
        end: number(position(end)),
      };
      return listValue(nonEmpty(slice));
    },
  },
  mvjoin: ofValues(2, 2, ([value, delimiter]) =>
    textValue(call('array_to_string', asList(required(value)), asText(required(delimiter)))),
  ),
  mvappend: ofValues(1, Number.POSITIVE_INFINITY, (values) => {
    const present = values.filter(({ kind }) => kind !== 'null');
    return present.length === 0 ? ABSENT : listValue(nonEmpty(call('list_concat', ...present.map(asList))));
  }),
  mvdedup: ofValues(1, 1, ([value]) => {
    const given = required(value);
    if (given.kind !== 'list') return given;
    // list_distinct does not keep the order: a member stays where it stands first.
    const list = given.expression;
    const places = call(
      'list_filter',
      call(
        'list_transform',
        call('list_distinct', list),
        lambda('member_', (member) => call('list_position', list, member)),
      ),
      lambda('kept_', isNotNull),
    );
    const inOrder = call(
      'list_transform',
      call('list_sort', places),
      lambda('place_', (place) => ({ op: 'index', operand: list, index: place })),
    );
    return listValue(nonEmpty(inOrder));
  }),
  mvreverse: ofValues(1, 1, ([value]) => {
    const given = required(value);
    return given.kind === 'list' ? listValue(call('list_reverse', given.expression)) : given;
  }),
  /** From the first number up to the second, which is left out, in steps of the third. */
  mvrange: ofValues(2, 3, ([start, end, step]) => {
    const from = cast(asNumber(required(start)), 'double');
    const width = step === undefined ? cast(number(1), 'double') : cast(asNumber(step), 'double');
    const distance = binary('-', cast(asNumber(required(end)), 'double'), from);
    const count = call('ceil', binary('/', distance, call('nullif', width, number(0))));
    const message = `mvrange(): expected at most ${MOST_STEPS} values, found more.`;
    const places = call('range', number(0), cast(call('greatest', count, number(0)), 'bigint'));
    const numbers = call(
      'list_transform',
      places,
      lambda('place_', (place) => call('spl_number_text', binary('+', from, binary('*', place, width)))),
    );
    return listValue({
      op: 'case',
      whens: [
        { condition: binary('<=', count, number(MOST_STEPS)), result: nonEmpty(numbers) },
        { condition: isNotNull(count), result: cast(call('error', text(message)), 'varchar[]') },
      ],
    });
  }),
  mvsort: ofValues(1, 1, ([value]) => {
    const given = required(value);
    return given.kind === 'list' ? listValue(call('list_sort', given.expression)) : given;
  }),
  /** The place, from 0, of the first value that the pattern matches. */
  mvfind: {
    least: 2,
    most: 2,
    lower(expression, context) {
      const list = asList(context.value(argumentAt(expression, 0)));
      const pattern = text(rePattern(literalArgument(expression, 1), argumentAt(expression, 1).span));
      const matches = call(
        'list_transform',
        list,
        lambda('member_', (member) => call('regexp_matches', member, pattern)),
      );
      const place = call('list_position', matches, { op: 'boolean', value: true });
      return wholeValue(binary('-', call('nullif', place, number(0)), number(1)));
    },
  },
  mvzip: ofValues(2, 3, ([one, other, delimiter]) => {
    const between = delimiter === undefined ? text(',') : asText(delimiter);
    const first = asList(required(one));
    const second = asList(required(other));
    const isComplete = and([first, second, ...(delimiter === undefined ? [] : [between])].map(isNotNull));
    const pairs = call(
      'range',
      number(1),
      binary('+', call('least', call('len', first), call('len', second)), number(1)),
    );
    const joined = lambda('place_', (place) =>
      binary('||', binary('||', { op: 'index', operand: first, index: place }, between), {
        op: 'index',
        operand: second,
        index: place,
      }),
    );
    return listValue(when(isComplete, call('list_transform', pairs, joined)));
  }),
  split: ofValues(2, 2, ([value, delimiter]) =>
    listValue(call('string_split', asText(required(value)), asText(required(delimiter)))),
  ),
  mvfilter: {
    least: 1,
    most: 1,
    lower(expression, context) {
      const name = onlyField(expression, 0);
      const list = asList(context.read({ kind: 'FieldReference', span: expression.span, name }));
      const test = lambda('each_', (member) =>
        context.bind(name, textValue(member)).condition(argumentAt(expression, 0)),
      );
      return listValue(nonEmpty(call('list_filter', list, test)));
    },
  },
  mvmap: {
    least: 2,
    most: 2,
    lower(expression, context) {
      const field = argumentAt(expression, 0);
      if (field.kind !== 'FieldReference') {
        throw new SplError('SPL304', 'mvmap(): expected a field, found an expression.', field.span);
      }
      return mapped(expression, field.name, context);
    },
  },
};

function mapped(expression: Call, name: string, context: EvalContext): Value {
  const value = context.read({ kind: 'FieldReference', span: argumentAt(expression, 0).span, name });
  const body = argumentAt(expression, 1);
  if (value.kind !== 'list') return context.value(body);
  return listValue(eachMember(value.expression, (member) => asText(context.bind(name, textValue(member)).value(body))));
}

/** mvfilter's condition may name one field only. */
function onlyField(expression: Call, index: number): string {
  const names = new Set(fieldsOfEval(argumentAt(expression, index)));
  const [name] = names;
  if (name !== undefined && names.size === 1) return name;
  throw new SplError(
    'SPL304',
    `${expression.name}(): expected a condition on one field, found ${names.size}.`,
    expression.span,
  );
}

/** SPL counts from 0 and, from the end, from -1; DuckDB from 1 and from -1. */
function position(index: number): number {
  return index < 0 ? index : index + 1;
}
