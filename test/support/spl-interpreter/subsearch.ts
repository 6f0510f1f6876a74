/** Subsearches in search expressions (rule 12): rows written out as the expression that `format` would make of them. */
import type { FormatCommand, ReturnCommand, Search, SearchExpression } from '../../../src/spl/ast.ts';
import { membersOf } from './field-value.ts';
import { refuse } from './refusal.ts';
import { Row, type Table } from './row.ts';

const NOWHERE = { start: 0, end: 0 };
const RESERVED = new Set(['search', 'query', 'earliest', 'latest']);

/** Undefined where `return` found nothing: the search then has no term there. */
export function expandSubsearch(search: Search, run: (search: Search) => Table): SearchExpression | undefined {
  const last = search.commands.at(-1);
  if (last?.kind === 'ReturnCommand') {
    const rows = returned(last, run({ ...search, commands: search.commands.slice(0, -1) }).rows);
    return rows.some((row) => row.names().length > 0) ? anyRow(rows, 'SearchAnd') : undefined;
  }
  if (last?.kind !== 'FormatCommand') return anyRow(run(search).rows, 'SearchAnd');
  const { rows } = run({ ...search, commands: search.commands.slice(0, -1) });
  const kind = last.columnSeparator === 'OR' ? 'SearchOr' : 'SearchAnd';
  return anyRow(last.limit === 0 ? rows : rows.slice(0, last.limit), kind);
}

function returned({ count, fields }: ReturnCommand, rows: readonly Row[]): readonly Row[] {
  return rows
    .slice(0, count)
    .map((row) => Row.of(fields.map(({ field, alias }) => [alias.name, row.get(field.name)] as const)));
}

/** No rows and no values: an OR of nothing, which matches nothing. */
function anyRow(rows: readonly Row[], columns: 'SearchAnd' | 'SearchOr'): SearchExpression {
  const operands = rows.flatMap((row): readonly SearchExpression[] => {
    const names = row.names().filter((name) => !name.startsWith('_'));
    if (names.some((name) => RESERVED.has(name))) return refuse('search text from a subsearch');
    if (names.length === 0) return [];
    const fields = names.map(
      (name): SearchExpression => ({
        kind: 'SearchOr',
        span: NOWHERE,
        operands: membersOf(row.get(name)).map((text) => ({
          kind: 'SearchComparison',
          span: NOWHERE,
          field: { kind: 'FieldName', span: NOWHERE, name },
          operator: '=',
          value: { span: NOWHERE, text },
        })),
      }),
    );
    return [{ kind: columns, span: NOWHERE, operands: fields }];
  });
  return { kind: 'SearchOr', span: NOWHERE, operands };
}

/** The only row that `format` leaves. */
export function formatRows(command: FormatCommand, { rows }: Table): Table {
  const { rowPrefix, columnPrefix, columnSeparator, columnEnd, rowSeparator, rowEnd, valueSeparator } = command;
  const around = (before: string, inner: string, after: string): string =>
    [before, inner, after].filter((part) => part !== '').join(' ');
  const texts = (command.limit === 0 ? rows : rows.slice(0, command.limit)).flatMap((row) => {
    const names = row.names().filter((name) => !name.startsWith('_'));
    if (names.length === 0) return [];
    const fields = names.sort().map((name) => {
      const written = /^\w+$/.test(name) ? name : `"${name}"`;
      const pairs = membersOf(row.get(name)).map((text) => `${written}="${text.replace(/[\\"]/g, '\\$&')}"`);
      return pairs.length === 1 ? pairs[0] : around('(', pairs.join(` ${valueSeparator} `), ')');
    });
    return [around(columnPrefix, fields.join(` ${columnSeparator} `), columnEnd)];
  });
  const none = command.emptyText?.value ?? 'NOT ( )';
  const search = texts.length === 0 ? none : around(rowPrefix, texts.join(` ${rowSeparator} `), rowEnd);
  return { rows: [Row.of([['search', search]])], existing: new Set(['search']) };
}
