/** The searches that stand in brackets within a command. */
import type { Command, Search, SearchExpression, SearchSubsearch } from './ast.ts';

/** In the order of the text. */
export function searchesOf(command: Command): readonly Search[] {
  if (command.kind === 'SearchCommand') return subsearchesIn(command.expression).map(({ search }) => search);
  if (command.kind === 'UnionCommand') return command.searches;
  return 'search' in command ? [command.search] : [];
}

export function subsearchesIn(expression: SearchExpression | undefined): readonly SearchSubsearch[] {
  switch (expression?.kind) {
    case 'SearchAnd':
    case 'SearchOr':
      return expression.operands.flatMap(subsearchesIn);
    case 'SearchNot':
      return subsearchesIn(expression.operand);
    case 'SearchSubsearch':
      return [expression];
    default:
      return [];
  }
}
