/** Functions of fields with several values (rule 47). */
import type { EvalFunction } from './eval-scope.ts';
import { isLiteral, toMembers, toNumber, toText } from './eval-value.ts';
import { compareText, fromMembers, textOfNumber } from './field-value.ts';
import { toRegExp } from './pattern.ts';
import { refuse } from './refusal.ts';

export const MULTIVALUE_FUNCTIONS: Readonly<Record<string, EvalFunction>> = {
  mvcount: ([value]) => toMembers(value).length || undefined,
  mvindex: ([value, first, last]) => {
    const members = toMembers(value);
    const place = (index: number): number => (index < 0 ? members.length + index : index);
    const [from, to] = [toNumber(first), last === undefined ? undefined : toNumber(last)];
    if (from === undefined) return undefined;
    if (last === undefined) return members[place(from)];
    if (to === undefined) return undefined;
    const [start, end] = [place(from), place(to)];
    if (start < 0 || end < 0) return refuse('mvindex from before the first value');
    return fromMembers(members.slice(start, end + 1));
  },
  mvjoin: ([value, delimiter]) => {
    const between = toText(delimiter);
    const members = toMembers(value);
    return members.length === 0 || between === undefined ? undefined : members.join(between);
  },
  mvappend: (values) => fromMembers(values.flatMap(toMembers)),
  mvdedup: ([value]) => fromMembers([...new Set(toMembers(value))]),
  mvsort: ([value]) => fromMembers([...toMembers(value)].sort(compareText)),
  mvreverse: ([value]) => fromMembers([...toMembers(value)].reverse()),
  mvrange: ([start, end, step]) => {
    const [from, to, by] = [toNumber(start), toNumber(end), step === undefined ? 1 : toNumber(step)];
    if (from === undefined || to === undefined || by === undefined) return undefined;
    if (by <= 0) return refuse('mvrange backwards');
    const numbers: string[] = [];
    for (let number = from; number < to; number += by) numbers.push(textOfNumber(number));
    return fromMembers(numbers);
  },
  mvfind: ([value, pattern]) => {
    if (!isLiteral(pattern)) return refuse('mvfind with a pattern that is not written out');
    const expression = toRegExp(pattern.literal);
    const index = toMembers(value).findIndex((member) => expression.test(member));
    return index === -1 ? undefined : index;
  },
  mvzip: ([left, right, delimiter]) => {
    const [a, b] = [toMembers(left), toMembers(right)];
    const between = delimiter === undefined ? ',' : (toText(delimiter) ?? refuse('mvzip without a delimiter'));
    return fromMembers(a.slice(0, b.length).map((member, index) => `${member}${between}${b[index]}`));
  },
  split: ([value, delimiter]) => {
    const between = toText(delimiter);
    if (between === undefined) return undefined;
    return fromMembers(toMembers(value).flatMap((text) => (between === '' ? [...text] : text.split(between))));
  },
};
