/**
 * Risk messages: `$field$` tokens replaced by the values of one result row (SPL reference, rules 55 and 58).
 *
 * A token names a final column of the search, whatever its name holds: `$objectRef.name$`, `$user.groups{}$`. The
 * form of alert actions, `$result.user$`, is read too. A token that the row cannot fill stays as it was written, as
 * in Splunk, and so does `$$`. Several values are joined with a comma and a blank: Splunk hands alert actions one
 * value per line, and a message here is one line.
 */
import type { SqlRow } from '../component.ts';
import { fieldValues } from './field-value.ts';

/** Fills the tokens of `template` from `row`. Values are taken as they are: a `$` in one is never read as a token. */
export function fillMessage(template: string, row: SqlRow): string {
  let text = '';
  let position = 0;
  for (;;) {
    const open = template.indexOf('$', position);
    const close = open < 0 ? -1 : template.indexOf('$', open + 1);
    if (close < 0) break;
    const name = template.slice(open + 1, close);
    const values = tokenValues(row, name);
    if (values.length > 0) {
      text += template.slice(position, open) + values.join(', ');
      position = close + 1;
    } else {
      // Without a name that could be a field, the second dollar sign may open a token: "costs $5 for $user$".
      const resume = /^\S+$/u.test(name) ? close + 1 : close;
      text += template.slice(position, resume);
      position = resume;
    }
  }
  return text + template.slice(position);
}

function tokenValues(row: SqlRow, name: string): readonly string[] {
  if (name === '') return [];
  const values = fieldValues(row, name);
  if (values.length > 0 || !name.startsWith('result.')) return values;
  return fieldValues(row, name.slice('result.'.length));
}
