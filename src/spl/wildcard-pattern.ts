/** Values whose `*` are wildcards, where only the data know them. */
import { call, type Expression, text } from './expression.ts';

/** The pattern of LIKE, escaped with a backslash, for a text in which `*` stands for any run of characters. */
export function likePatternOf(value: Expression): Expression {
  const steps = [['\\', '\\\\'], ['%', '\\%'], ['_', '\\_'], ['*', '%']] as const; // biome-ignore format: a table
  return steps.reduce<Expression>((made, [from, to]) => call('replace', made, text(from), text(to)), value);
}
