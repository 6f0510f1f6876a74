/** What a lint is, and what lints share. */
import type { SearchExpression } from '../../../spl/ast.ts';
import type { Span } from '../../../spl/source.ts';
import { type AstNode, nodesOf, type Outline } from '../outline.ts';

/** What was found, at a place in the expanded text. */
export interface Found {
  readonly span: Span;
  readonly message: string;
}

export interface Lint {
  readonly code: string;
  readonly name: string;
  find(outline: Outline): Iterable<Found>;
}

/** Every term of every search expression, outermost first. */
export function* termsOf(node: AstNode): Generator<SearchExpression> {
  for (const inner of nodesOf(node)) if (isTerm(inner)) yield inner;
}

const termKinds: ReadonlySet<string> = new Set<SearchExpression['kind']>([
  'SearchAnd',
  'SearchOr',
  'SearchNot',
  'SearchComparison',
  'SearchIn',
  'SearchKeyword',
  'SearchSubsearch',
  'SearchTime',
  'SearchDataset',
]);

function isTerm(node: AstNode): node is SearchExpression {
  return termKinds.has(node.kind);
}

export function isFieldNamed(node: AstNode, name: string): boolean {
  return ['FieldName', 'FieldReference'].includes(node.kind) && 'name' in node && node.name === name;
}
