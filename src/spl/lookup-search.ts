/** The part of a plan that finds, for each distinct key of the input, the rows of a lookup that match it. */
import type { LookupPair } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { and, binary, call, column, type Expression, isNotNull, number, type SortTerm } from './expression.ts';
import { comparedOf, keptValues, literalOf, matchesRow, patternOf } from './lookup-match.ts';
import { LOOKUP_ROW, type LookupTable } from './lookup-table.ts';
import { columnsOf, type PlanNode } from './plan.ts';
import { ColumnNames, type Relation } from './relation.ts';
import { asText, listValue, textValue, type Value } from './value.ts';

export interface LookupKey {
  readonly pair: LookupPair;
  readonly value: Value;
}

/** The nodes from the distinct keys of the input to each key's values. */
export class LookupSearch {
  /** For each distinct combination of keys: the keys' columns, and the values of each output. */
  readonly found: PlanNode;
  /** The row of `found` that belongs to a row of the input. */
  readonly on: Expression;
  readonly #names = new ColumnNames();
  readonly #table: LookupTable;
  readonly #scope: CommandScope;
  readonly #outputs: readonly string[];
  readonly #keys: readonly string[];
  readonly #isSeveral: boolean;

  constructor(
    input: Relation,
    table: LookupTable,
    keys: readonly LookupKey[],
    outputs: readonly LookupPair[],
    scope: CommandScope,
  ) {
    this.#table = table;
    this.#scope = scope;
    // Names that the input does not have: what the join compares is then named without its table.
    for (const name of columnsOf(input.node)) this.#names.take(name);
    this.#keys = keys.map(() => this.#names.take('key'));
    this.#outputs = outputs.map(() => this.#names.take('value'));
    this.#isSeveral = table.maxMatches > 1 || table.minMatches > 1 || keys.some(({ value }) => value.kind === 'list');
    const values = keys.map(({ value }) => (value.kind === 'list' ? value.expression : asText(value)));
    const distinct: PlanNode = {
      kind: 'Aggregate',
      label: scope.label('keys'),
      input: input.node,
      predicates: values.map(isNotNull),
      keys: values.map((expression, index) => ({ name: this.#keys[index] ?? '', expression })),
      aggregates: [],
    };
    const list = keys.findIndex(({ value }) => value.kind === 'list');
    const columns = keys.map(({ pair }) => pair.column.name);
    const results = outputs.map(({ column: output }) => output.name);
    this.found =
      list === -1
        ? this.#matchEach(distinct, columns, this.#keys, results, this.#keys, 'found')
        : this.#matchMembers(distinct, columns, list, results);
    this.on = and(values.map((value, index) => binary('=', column(this.#keys[index] ?? '', this.found.label), value)));
  }

  /** What the output at `index` gets; null where no row matches and there is no default. */
  valueAt(index: number): Value {
    const values = column(this.#outputs[index] ?? '', this.found.label);
    return this.#isSeveral ? listValue(values) : textValue({ op: 'index', operand: values, index: number(1) });
  }

  /** Whether the row of the input had all keys. */
  get hasKeys(): Expression {
    return isNotNull(column(this.#keys[0] ?? '', this.found.label));
  }

  /** One row for each combination of `kept` columns of `keys`, with the values of the rows that match its `compared` columns. */
  #matchEach(
    keys: PlanNode,
    columns: readonly string[],
    compared: readonly string[],
    results: readonly string[],
    kept: readonly string[],
    part: string,
  ): PlanNode {
    const row = this.#names.take('row');
    const patterns = columns.map(() => this.#names.take('pattern'));
    const literals = columns.map((name) => {
      const expression = literalOf(name, this.#table);
      return expression && { name: this.#names.take('literal'), expression };
    });
    const compare = this.#foldedKeys(keys, compared, literals, kept);
    const rows: PlanNode = {
      kind: 'Scan',
      label: this.#scope.label('rows'),
      legs: [
        {
          table: this.#table.table,
          columns: [
            { name: row, expression: column(LOOKUP_ROW) },
            ...columns.map((name, index) => ({
              name: patterns[index] ?? '',
              expression: patternOf(name, this.#table),
            })),
            ...literals.filter((literal) => literal !== undefined),
            ...results.map((name, index) => ({ name: this.#outputs[index] ?? '', expression: column(name) })),
          ],
          predicates: columns.map((name) => isNotNull(column(name))),
        },
      ],
    };
    const matches: PlanNode = {
      kind: 'Join',
      label: this.#scope.label('matches'),
      left: compare.node,
      right: rows,
      on: and(
        columns.map((name, index) =>
          matchesRow(
            compare.values[index] ?? column(compared[index] ?? ''),
            column(patterns[index] ?? '', rows.label),
            literals[index] && column(literals[index].name, rows.label),
            name,
            this.#table,
          ),
        ),
      ),
      columns: [
        ...kept.map((name) => ({ name, expression: column(name, compare.node.label) })),
        { name: row, expression: column(row, rows.label) },
        ...this.#outputs.map((name) => ({ name, expression: column(name, rows.label) })),
      ],
    };
    const inOrder: SortTerm = { expression: column(row), descending: false };
    return {
      kind: 'Aggregate',
      label: this.#scope.label(part),
      input: matches,
      predicates: [],
      keys: kept.map((name) => ({ name, expression: column(name) })),
      aggregates: this.#outputs.map((name) => ({
        name,
        expression: keptValues(
          {
            op: 'aggregate',
            call: { name: 'list', arguments: [column(name)], orderBy: [inOrder], filter: isNotNull(column(row)) },
          },
          this.#table,
        ),
      })),
    };
  }

  /**
   * The keys with what is compared beside them, where that is compared with every pattern of the table: else it would be
   * worked out for each of these pairs.
   */
  #foldedKeys(
    keys: PlanNode,
    compared: readonly string[],
    literals: readonly unknown[],
    kept: readonly string[],
  ): { readonly node: PlanNode; readonly values: readonly Expression[] } {
    if (literals.every((literal) => literal === undefined)) {
      return { node: keys, values: compared.map((name) => comparedOf(column(name, keys.label), this.#table)) };
    }
    const folded = compared.map((name) => ({
      name: this.#names.take('compared'),
      expression: comparedOf(column(name), this.#table),
    }));
    const label = `${keys.label}_compared`;
    const columns = [...kept.map((name) => ({ name, expression: column(name) })), ...folded];
    return {
      node: { kind: 'Project', label, input: keys, columns },
      values: folded.map(({ name }) => column(name, label)),
    };
  }

  /** Of a key with several values each is looked up, in their order. */
  #matchMembers(distinct: PlanNode, columns: readonly string[], list: number, results: readonly string[]): PlanNode {
    const member = this.#names.take('member');
    const position = this.#names.take('position');
    const members: PlanNode = {
      kind: 'Unnest',
      label: this.#scope.label('members'),
      input: distinct,
      columns: this.#keys.map((name) => ({ name, expression: column(name) })),
      list: column(this.#keys[list] ?? ''),
      as: member,
      ordinal: position,
    };
    const compared = this.#keys.map((name, index) => (index === list ? member : name));
    const found = this.#matchEach(members, columns, compared, results, [...this.#keys, position], 'each');
    const inOrder: SortTerm = { expression: column(position), descending: false };
    return {
      kind: 'Aggregate',
      label: this.#scope.label('found'),
      input: found,
      predicates: [],
      keys: this.#keys.map((name) => ({ name, expression: column(name) })),
      aggregates: this.#outputs.map((name) => ({
        name,
        expression: call('flatten', {
          op: 'aggregate',
          call: { name: 'list', arguments: [column(name)], orderBy: [inOrder], filter: isNotNull(column(name)) },
        }),
      })),
    };
  }
}
