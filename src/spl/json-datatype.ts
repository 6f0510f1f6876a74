/** The datatypes of tojson: a value as JSON text, or nothing where it does not fit. */
import type { JsonDatatype } from './ast.ts';
import { binary, call, cast, type Expression, isNotNull, number, text, when } from './expression.ts';
import { asNumber, asText, type Value } from './value.ts';

export const JSON_DATATYPES: readonly JsonDatatype[] = ['auto', 'bool', 'json', 'none', 'num', 'str'];

/** Of one value. Text that looks like a number is one, as everywhere, except where text is asked for. */
export function datatypeOf(value: Value, datatype: JsonDatatype): Expression {
  const written = value.kind === 'number' ? asText(value) : call('spl_number_text', asNumber(value));
  const quoted = cast(call('to_json', asText(value)), 'varchar');
  switch (datatype) {
    case 'str':
      return quoted;
    case 'num':
      return written;
    case 'none':
      return value.kind === 'number' ? written : call('coalesce', written, quoted);
    case 'bool':
      return truthOf(value);
    case 'json':
      return value.kind === 'number' ? written : call('coalesce', written, validJson(value));
    case 'auto':
      return value.kind === 'number' ? written : call('coalesce', written, validJson(value), quoted);
  }
}

function validJson(value: Value): Expression {
  return when(call('spl_json_valid', asText(value)), asText(value));
}

/** Of numbers 0 is false; of texts false, f, no and true, t, yes, in any case. */
function truthOf(value: Value): Expression {
  const found = asNumber(value);
  const folded = call('lower', asText(value));
  const isAmong = (words: readonly string[]): Expression => ({
    op: 'in',
    operand: folded,
    values: words.map((word) => text(word)),
  });
  return {
    op: 'case',
    whens: [
      { condition: isNotNull(found), result: when(binary('=', found, number(0)), text('false'), text('true')) },
      { condition: isAmong(['false', 'f', 'no']), result: text('false') },
      { condition: isAmong(['true', 't', 'yes']), result: text('true') },
    ],
  };
}
