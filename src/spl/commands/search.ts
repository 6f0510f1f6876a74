/**
 * search: keeps the rows that match a search expression; the first one reads the data.
 *
 *   [search] <expression>
 *
 * At the top of the first search stand the terms that say what to read: `dataset=`, `earliest=`, `latest=`.
 */
import type { FieldName, SearchCommand, SearchDataset, SearchExpression, SearchTime } from '../ast.ts';
import { ALL_EVENTS, type Dataset, type DatasetTable, datasetNames, findDataset, SCAN_ORDER } from '../catalogue.ts';
import type { CommandScope } from '../command-scope.ts';
import { type Need, need, refuseClosed } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { withFieldRules } from '../event-fields.ts';
import { EventLookups } from '../event-lookups.ts';
import { column, type Expression } from '../expression.ts';
import { fieldsOfSearch } from '../field-names.ts';
import { type Column, columnsOf, type ScanLeg } from '../plan.ts';
import { lowerSearch } from '../predicate.ts';
import { printExpression } from '../print-expression.ts';
import { ColumnNames, type Field, type Relation } from '../relation.ts';
import { SubsearchTerms } from '../subsearch-condition.ts';
import { suggest } from '../suggestion.ts';
import { timeModifier } from '../time-modifier.ts';
import { type OwnBounds, rangeOf, type SearchRange, searchTime, windowPredicates } from '../time-window.ts';
import { ABSENT, asKind, asText, commonKind, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const search: CommandSpec<SearchCommand> = {
  kind: 'SearchCommand',
  names: ['search'],

  parse(input) {
    const expression = input.searchExpression();
    return { kind: 'SearchCommand', span: input.span, name: input.command, expression };
  },

  demand: (command, demand) => need(demand, fieldsOfSearch(command.expression)),

  lower(command, input, scope) {
    if (command.expression === undefined) return input;
    const read = (field: FieldName): Value => scope.read(input, field);
    const subsearches = new SubsearchTerms(scope, columnsOf(input.node));
    const predicate = lowerSearch(command.expression, {
      read,
      raw: () => {
        const raw = input.fields.get('_raw');
        return raw === undefined ? undefined : column(raw.column);
      },
      subsearch: (use) => subsearches.condition(use, { source: input.node.label, read }),
    });
    return scope.filter(input, [predicate], subsearches.nodes);
  },
};

/** The first search: a scan of the dataset's tables under the window. Yields exactly what the rest of the search needs. */
export function lowerFirstSearch(
  command: SearchCommand,
  scope: CommandScope,
): {
  readonly relation: Relation;
  readonly dataset: Dataset;
  readonly range: SearchRange;
  readonly ownBounds: OwnBounds;
} {
  refuseClosed(scope.demand, 'events, which have whatever fields the data have');
  const { datasets, times, rest } = splitTerms(command.expression);
  const { name: datasetName, tables } = findOnlyDataset(datasets);
  const lookups = new Map(tables.map((table) => [table, new EventLookups(table.table, scope)]));
  const dataset = {
    name: datasetName,
    tables: [...lookups].map(([table, found]) => withFieldRules(table, scope, found)),
  };
  const looked = [...lookups.values()];
  const range = windowOf(times, scope);
  const wanted = wantedFields(dataset, scope);
  const resolved = dataset.tables.map((table) =>
    wanted.map(([name, strength]) => resolve(table, name, strength, scope)),
  );
  const names = new ColumnNames();
  const fields = new Map<string, Field>();
  wanted.forEach(([name], index) => {
    const values = resolved.map((table) => table[index] ?? { value: ABSENT, typed: false });
    if (values.every(({ value }) => value.kind === 'null')) return;
    fields.set(name, {
      column: names.take(name),
      kind: commonKind(values.map(({ value }) => value)),
      whole: false,
      certain: values.some(({ typed }) => typed) && !scope.settings.strict && 'schema',
    });
  });
  const orderColumn = scope.demand.order ? names.take('_order') : undefined;
  // No column of the tables has a name that its terms take.
  const subsearches = new SubsearchTerms(scope, []);
  const legs = dataset.tables.flatMap((table, tableIndex): readonly ScanLeg[] => {
    const columns = wanted.flatMap(([name], index): readonly Column[] => {
      const field = fields.get(name);
      if (field === undefined) return [];
      const value = resolved[tableIndex]?.[index]?.value ?? ABSENT;
      return [{ name: field.column, expression: asKind(value, field.kind) }];
    });
    if (orderColumn !== undefined) columns.push({ name: orderColumn, expression: SCAN_ORDER });
    // A SELECT needs a column: counting rows alone asks for none.
    if (columns.length === 0) columns.push({ name: '_time', expression: column('_time') });
    const compared = new ComparedColumns();
    const own = tablePredicates(rest, table, scope, subsearches, compared);
    const derived = [...(looked[tableIndex]?.derived ?? []), ...(compared.size === 0 ? [] : [compared.columns])];
    return table.parts.map((part) => ({
      table: table.table,
      columns,
      predicates: [...windowPredicates(range), ...part, ...own],
      ...(derived.length === 0 ? {} : { derived }),
    }));
  });
  const subqueries = [...looked.flatMap(({ nodes }) => nodes), ...subsearches.nodes];
  const relation: Relation = {
    node: { kind: 'Scan', label: scope.label(), legs, ...(subqueries.length === 0 ? {} : { subqueries }) },
    fields,
    order: orderColumn === undefined ? [] : [{ expression: column(orderColumn), descending: true }],
    ofEvents: true,
  };
  return { relation, dataset, range, ownBounds: ownBoundsOf(times) };
}

interface Terms {
  readonly datasets: readonly SearchDataset[];
  readonly times: readonly SearchTime[];
  readonly rest: readonly SearchExpression[];
}

function splitTerms(expression: SearchExpression | undefined): Terms {
  const terms = expression === undefined ? [] : expression.kind === 'SearchAnd' ? expression.operands : [expression];
  const flat = terms.flatMap((term) => (term.kind === 'SearchAnd' ? term.operands : [term]));
  return {
    datasets: flat.filter((term) => term.kind === 'SearchDataset'),
    times: flat.filter((term) => term.kind === 'SearchTime'),
    rest: flat.filter((term) => term.kind !== 'SearchDataset' && term.kind !== 'SearchTime'),
  };
}

function findOnlyDataset(terms: readonly SearchDataset[]): Dataset {
  const [first, second] = terms;
  if (first === undefined) return ALL_EVENTS;
  if (second !== undefined) {
    throw new SplError('SPL307', 'dataset: expected one dataset, found a second one.', second.span);
  }
  const dataset = findDataset(first.value.text);
  if (dataset !== undefined) return dataset;
  const known = datasetNames();
  throw new SplError(
    'SPL306',
    `dataset: expected ${known.join(', ')}, found "${first.value.text}".`,
    first.value.span,
    suggest(first.value.text, known),
  );
}

function windowOf(times: readonly SearchTime[], scope: CommandScope): SearchRange {
  const binding = scope.settings.window;
  const now = searchTime(binding);
  const overrides = new Map<'earliest' | 'latest', ReturnType<typeof timeModifier>>();
  for (const { bound, value, span } of times) {
    if (overrides.has(bound)) throw new SplError('SPL307', `${bound}: expected once, found twice.`, span);
    overrides.set(bound, timeModifier(value.text, now, value.span));
  }
  const earliest = overrides.get('earliest');
  const latest = overrides.get('latest');
  return rangeOf(binding, {
    ...(earliest === undefined ? {} : { earliest }),
    ...(latest === undefined ? {} : { latest }),
  });
}

function ownBoundsOf(times: readonly SearchTime[]): OwnBounds {
  const text = (name: SearchTime['bound']) => times.find(({ bound }) => bound === name)?.value.text ?? null;
  return { earliest: text('earliest'), latest: text('latest') };
}

function wantedFields(dataset: Dataset, scope: CommandScope): readonly (readonly [string, Need])[] {
  const wanted = new Map<string, Need>();
  if (scope.demand.all) {
    for (const table of dataset.tables)
      for (const name of table.listed) if (name !== '_raw') wanted.set(name, 'needed');
    wanted.set('_raw', 'needed');
  }
  for (const [name, strength] of scope.demand.names) if (wanted.get(name) !== 'needed') wanted.set(name, strength);
  return [...wanted];
}

function resolve(table: DatasetTable, name: string, strength: Need, scope: CommandScope) {
  if (strength === 'kept' && !table.mayHave(name)) return { value: ABSENT, typed: false };
  return table.resolve(name, { start: 0, end: 0 }, scope.settings.limits);
}

function tablePredicates(
  terms: readonly SearchExpression[],
  table: DatasetTable,
  scope: CommandScope,
  subsearches: SubsearchTerms,
  compared: ComparedColumns,
) {
  const read = (name: string, span: { start: number; end: number }): Value =>
    table.resolve(name, span, scope.settings.limits).value;
  // Each once, by its text.
  const held = new Map(terms.flatMap((term) => mayHold(term, table)).map((item) => [printExpression(item), item]));
  const found = terms.map((term) =>
    lowerSearch(term, {
      read: (field) => read(field.name, field.span),
      raw: () => asText(read('_raw', term.span)),
      subsearch: (use) =>
        subsearches.condition(use, {
          source: table.table,
          read: ({ name, span }) => compared.columnOf(name, read(name, span)),
        }),
    }),
  );
  return [...held.values(), ...found];
}

/** Fields that a subsearch is compared with: each a column of its own, since DuckDB pairs every distinct one with the rows. */
class ComparedColumns {
  readonly #columns = new Map<string, Column>();

  get size(): number {
    return this.#columns.size;
  }

  get columns(): readonly Column[] {
    return [...this.#columns.values()];
  }

  columnOf(field: string, value: Value): Value {
    if (value.kind === 'null' || value.expression.op === 'column') return value;
    const name = this.#columns.get(field)?.name ?? `compared_${this.size + 1}`;
    const kind = value.kind === 'list' ? 'list' : 'text';
    this.#columns.set(field, { name, expression: asKind(value, kind) });
    return { kind, expression: column(name) };
  }
}

/** No comparison holds of an absent field. */
function mayHold(term: SearchExpression, table: DatasetTable): readonly Expression[] {
  const isComparison = term.kind === 'SearchComparison' || term.kind === 'SearchIn';
  return isComparison ? table.mayHold(term.field.name) : [];
}
