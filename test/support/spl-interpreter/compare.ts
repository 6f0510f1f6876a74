/** Comparisons and three-valued logic of eval and where. Undefined is null: unknown. */
import { type EvalValue, isLiteral, toComparable, toMembers, toNumber, toText } from './eval-value.ts';
import { compareText } from './field-value.ts';
import { refuse } from './refusal.ts';

export function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

export function anyOf(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Any member of one side with any of the other; null where a side has none. */
export function compare(operator: Comparison, left: EvalValue, right: EvalValue): boolean | undefined {
  const [a, b] = [toComparable(left), toComparable(right)];
  if (a.length === 0 || b.length === 0) return undefined;
  return a.some((x) => b.some((y) => holds(operator, orderOf(x, y))));
}

/** Numbers where both are, field text that looks like one too; else text, in the case it has. */
function orderOf(left: EvalValue, right: EvalValue): number {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a !== undefined && b !== undefined) return a - b;
  return compareText(toText(left) ?? '', toText(right) ?? '');
}

function holds(operator: Comparison, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** The whole text, `%` any run and `_` any one character (rule 47). */
export function like(value: EvalValue, pattern: EvalValue): boolean | undefined {
  const written = toText(pattern);
  const members = toMembers(value);
  if (members.length === 0 || pattern === undefined) return undefined;
  if (written === undefined) return refuse('like with several patterns');
  if (!isLiteral(pattern)) return refuse('like with a pattern from a field');
  if (written.includes('\\')) return refuse('like with a backslash');
  const source = written
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]');
  const expression = new RegExp(`^(?:${source})$`, 'u');
  return members.some((member) => expression.test(member));
}
