/** Search expressions (section 5.1): true or false of one row, never unknown. */
import type { Search, SearchComparison, SearchExpression } from '../../../src/spl/ast.ts';
import { compareText, membersOf, numberIn } from './field-value.ts';
import { matchesKeyword } from './keyword.ts';
import { isInNetwork, parseNetwork } from './network.ts';
import type { Row } from './row.ts';
import { starPattern } from './wildcard.ts';

/** What a subsearch found, as the search expression that it stands for; undefined where it stands for nothing. */
export type ExpandSubsearch = (search: Search) => SearchExpression | undefined;

export function matchesSearch(expression: SearchExpression, row: Row, expand: ExpandSubsearch): boolean {
  switch (expression.kind) {
    case 'SearchAnd':
      return expression.operands.every((operand) => matchesSearch(operand, row, expand));
    case 'SearchOr':
      return expression.operands.some((operand) => matchesSearch(operand, row, expand));
    case 'SearchNot':
      // NOT of nothing excludes nothing.
      return expression.operand.kind === 'SearchSubsearch' && expand(expression.operand.search) === undefined
        ? true
        : !matchesSearch(expression.operand, row, expand);
    case 'SearchComparison':
      return matchesComparison(expression, row);
    case 'SearchIn':
      return membersOf(row.get(expression.field.name)).some((member) =>
        expression.values.some(({ text }) => isEqual(member, text)),
      );
    case 'SearchKeyword':
      return (
        membersOf(row.get('_raw')).some((text) => matchesKeyword(expression.text, text)) ||
        /^\*+$/.test(expression.text)
      );
    case 'SearchSubsearch': {
      const found = expand(expression.search);
      return found === undefined || matchesSearch(found, row, expand);
    }
    case 'SearchTime':
    case 'SearchDataset':
      return true;
  }
}

/** Rules 2, 3, 5, 6, 7, 10: any member decides; a missing field never matches. */
function matchesComparison({ field, operator, value }: SearchComparison, row: Row): boolean {
  return membersOf(row.get(field.name)).some((member) => {
    if (operator === '=') return isEqual(member, value.text);
    if (operator === '!=') return !isEqual(member, value.text);
    const [left, right] = [numberIn(member), numberIn(value.text)];
    const order =
      left !== undefined && right !== undefined
        ? left - right
        : compareText(member.toLowerCase(), value.text.toLowerCase());
    if (operator === '<') return order < 0;
    if (operator === '<=') return order <= 0;
    return operator === '>' ? order > 0 : order >= 0;
  });
}

function isEqual(member: string, value: string): boolean {
  const network = value.includes('*') ? undefined : parseNetwork(value);
  if (network !== undefined && isInNetwork(member, network)) return true;
  return starPattern(value.toLowerCase(), 's').test(member.toLowerCase());
}
