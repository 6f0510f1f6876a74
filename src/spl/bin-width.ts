/** Ranges of numbers as bin writes them: the text `<from>-<to>`. What is no number stays as it is. */
import type { AutomaticSpan, LogarithmicSpan } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { binary, call, cast, type Expression, isNotNull, NULL, number, text, when } from './expression.ts';
import type { PlanNode } from './plan.ts';
import { asNumber, asText, textValue, type Value } from './value.ts';

export function range(value: Value, width: number): Value {
  const digits = String(width).split('.')[1]?.length ?? 0;
  if (digits === 0) return written(value, number(width), undefined);
  // Multiples of 0.1 in doubles are not those that one would write down: 3 * 0.1 is 0.30000000000000004.
  const parts = 10 ** digits;
  return written(value, number(Math.round(width * parts)), number(parts));
}

/** One row with the width of ranges: `width[1]` of `width[2]` parts of 1. */
export function widthNode(size: AutomaticSpan, input: PlanNode, value: Expression, scope: CommandScope): PlanNode {
  const extreme = (name: 'min' | 'max'): Expression => ({ op: 'aggregate', call: { name, arguments: [value] } });
  const low = size.start === undefined ? extreme('min') : call('least', extreme('min'), number(size.start));
  const end = size.end === undefined ? cast(NULL, 'double') : number(size.end);
  const least = number(size.least?.kind === 'number' ? size.least.width : 0);
  const width = call('spl_bin_width', low, extreme('max'), end, least, number(size.most));
  return {
    kind: 'Aggregate',
    label: scope.label('width'),
    input,
    predicates: [],
    keys: [],
    aggregates: [{ name: 'width', expression: width }],
  };
}

export function automaticRange(value: Value, width: Expression): Value {
  const part = (place: number): Expression => ({ op: 'index', operand: width, index: number(place) });
  return written(value, part(1), part(2));
}

export function logarithmicRange(value: Value, { factor, base }: LogarithmicSpan): Value {
  const made = call('spl_bin_log', asNumber(value), number(factor), number(base));
  return textValue(call('coalesce', made, asText(value)));
}

/** Ranges of `width`, or so many of `parts` parts of 1. */
function written(value: Value, width: Expression, parts: Expression | undefined): Value {
  const given = asNumber(value);
  const scaled = parts === undefined ? given : binary('*', given, parts);
  const place = call('floor', binary('/', scaled, width));
  const edge = (multiple: Expression): Expression => (parts === undefined ? multiple : binary('/', multiple, parts));
  const from = binary('*', place, width);
  const made = [from, binary('+', from, width)].map((multiple) => call('spl_number_text', edge(multiple)));
  const between = binary('||', binary('||', made[0] ?? NULL, text('-')), made[1] ?? NULL);
  return textValue(when(isNotNull(given), between, asText(value)));
}
