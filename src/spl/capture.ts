/** What a named group of a regular expression takes out of a value. */
import { call, type Expression, isNotNull, lambda, number, text, when } from './expression.ts';
import type { NamedGroup } from './regular-expression.ts';
import { asText, eachMember, listValue, nonEmpty, textValue, type Value } from './value.ts';

/**
 * The group's text in the first match; with `most` other than 1 a list of that many matches, 0 being all. Absent where
 * the group took no part, and where it may be passed over and matched the empty text. Of several values each is tried.
 */
export function captureGroup(source: Value, { pattern, isCertain }: NamedGroup, most: number): Value {
  const one = (subject: Expression): Expression => {
    const found = call('regexp_extract', subject, text(pattern), number(1));
    return isCertain ? when(call('regexp_matches', subject, text(pattern)), found) : call('nullif', found, text(''));
  };
  if (most === 1) {
    return source.kind === 'list' ? listValue(eachMember(source.expression, one)) : textValue(one(asText(source)));
  }
  const all = (subject: Expression): Expression => {
    const found = call('regexp_extract_all', subject, text(pattern), number(1));
    return most === 0 ? found : { op: 'index', operand: found, index: number(1), end: number(most) };
  };
  const matches =
    source.kind === 'list'
      ? call('flatten', call('list_transform', source.expression, lambda('member_', all)))
      : all(asText(source));
  if (isCertain) return listValue(nonEmpty(matches));
  return listValue(
    nonEmpty(
      call(
        'list_filter',
        matches,
        lambda('kept_', (match) => isNotNull(call('nullif', match, text('')))),
      ),
    ),
  );
}
