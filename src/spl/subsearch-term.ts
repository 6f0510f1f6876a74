/** What a search expression takes of a subsearch: its rows, and the fields that they are compared by. */
import type { FieldName, Search } from './ast.ts';
import { SplError } from './diagnostics.ts';
import type { Relation } from './relation.ts';
import type { Span } from './source.ts';

export interface SubsearchTerm {
  /** What its rows are compared by. */
  readonly fields: readonly FieldName[];
  /** Its rows, each field a text; `columns: or` splits each row into one for each of its fields. */
  readonly rows: Relation;
  readonly label: string;
  readonly columns: 'and' | 'or';
}

/** Names that the outer search would not take for fields. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ...['search', 'query'].map((name) => [name, 'whose values would be search text'] as const),
  ...['earliest', 'latest', '_index_earliest', '_index_latest', 'starttime', 'endtime', 'timeformat'].map(
    (name) => [name, 'which would set the window'] as const,
  ),
]);

/** The fields that a subsearch's rows are compared by. Throws SplError. */
export function comparedFields(names: Iterable<string>, span: Span): readonly FieldName[] {
  const fields = [...names]
    .filter((name) => !name.startsWith('_'))
    .map((name): FieldName => ({ kind: 'FieldName', span, name }));
  for (const { name } of fields) {
    const reason = RESERVED.get(name);
    if (reason === undefined) continue;
    throw new SplError(
      'SPL316',
      `search: expected fields to compare from a subsearch, found "${name}", ${reason}.`,
      span,
      'Leave it out: fields - …, or rename it.',
    );
  }
  if (fields.length > 0) return fields;
  throw new SplError(
    'SPL316',
    'search: expected a subsearch that yields fields to compare, found none.',
    span,
    'Internal fields (_time, _raw) do not count.',
  );
}

/** Its rows come from `return`, which leaves no term at all where there are none. */
export function endsInReturn(search: Search): boolean {
  return search.commands.at(-1)?.kind === 'ReturnCommand';
}
