/**
 * What the content's automatic lookups find for the events of one table. The keys are columns beside the table's own, and what is
 * found for them columns beside these: DuckDB pairs each distinct key with the lookup's rows, and a value that a search reads
 * several times is found once.
 */
import type { CommandScope } from './command-scope.ts';
import { SplError } from './diagnostics.ts';
import { and, column, type Expression, isNotNull, number, when } from './expression.ts';
import { comparedOf, keptValues, literalOf, matchesRow, patternOf } from './lookup-match.ts';
import type { RuleLookup } from './lookup-rule.ts';
import { LOOKUP_ROW } from './lookup-table.ts';
import type { Column, PlanNode } from './plan.ts';
import type { Span } from './source.ts';
import { asText, listValue, textValue, type Value } from './value.ts';

/** What an event gets. */
interface Found {
  /** Absent where nothing matches and there is no default. */
  readonly value: Value;
  /** The event is one of the lookup's and has all keys. */
  readonly hasKeys: Expression;
}

export class EventLookups {
  readonly #table: string;
  readonly #scope: CommandScope;
  readonly #keys: Column[] = [];
  readonly #values: Column[] = [];
  readonly #rows: PlanNode[] = [];
  readonly #known = new Map<RuleLookup, Found>();

  constructor(table: string, scope: CommandScope) {
    this.#table = table;
    this.#scope = scope;
  }

  /** Columns that the table needs, for `derived` of its leg. */
  get derived(): readonly (readonly Column[])[] {
    return this.#values.length === 0 ? [] : [this.#keys, this.#values];
  }

  /** Whose rows these columns look into. */
  get nodes(): readonly PlanNode[] {
    return this.#rows;
  }

  /** `applies`: the events that the lookup is made for. `read`: what a key is. */
  find(lookup: RuleLookup, applies: Expression, read: (field: string) => Value, span: Span): Found {
    const known = this.#known.get(lookup);
    if (known !== undefined) return known;
    const found = this.#find(lookup, applies, read, span);
    this.#known.set(lookup, found);
    return found;
  }

  #find(lookup: RuleLookup, applies: Expression, read: (field: string) => Value, span: Span): Found {
    const { table } = lookup;
    const place = this.#known.size + 1;
    const keys = lookup.keys.map(({ field }, index): Column => {
      const value = read(field);
      if (value.kind === 'list') {
        throw new SplError('SPL315', `expected a key with one value, found "${field}", which may hold several.`, span);
      }
      return { name: `lookup_${place}_key_${index + 1}`, expression: when(applies, asText(value)) };
    });
    const row = `lookup_${place}_row`;
    const cell = `lookup_${place}_cell`;
    const compared = lookup.keys.map(({ column: name }, index) => {
      const literal = literalOf(name, table);
      const [pattern, longest] = [`lookup_${place}_pattern_${index + 1}`, `lookup_${place}_literal_${index + 1}`];
      return { name, pattern, literal: literal && { name: longest, expression: literal } };
    });
    const rows: PlanNode = {
      kind: 'Scan',
      label: this.#scope.label(`${this.#table}_lookup_${place}`),
      legs: [
        {
          table: table.table,
          columns: [
            { name: row, expression: column(LOOKUP_ROW) },
            { name: cell, expression: column(lookup.output) },
            ...compared.map(({ name, pattern }) => ({ name: pattern, expression: patternOf(name, table) })),
            ...compared.flatMap(({ literal }) => literal ?? []),
          ],
          predicates: compared.map(({ name }) => isNotNull(column(name))),
        },
      ],
    };
    const matched: Expression = {
      op: 'aggregateRows',
      call: {
        name: 'list',
        arguments: [column(cell)],
        orderBy: [{ expression: column(row), descending: false }],
      },
      rows: rows.label,
      condition: and(
        compared.map(({ name, pattern, literal }, index) =>
          matchesRow(
            comparedOf(column(keys[index]?.name ?? '', this.#table), table),
            column(pattern),
            literal && column(literal.name),
            name,
            table,
          ),
        ),
      ),
    };
    const value = `lookup_${place}`;
    const hasKeys = and(keys.map(({ name }) => isNotNull(column(name))));
    this.#keys.push(...keys);
    this.#values.push({ name: value, expression: when(hasKeys, keptValues(matched, table)) });
    this.#rows.push(rows);
    const isSeveral = table.maxMatches > 1 || table.minMatches > 1;
    const values = column(value);
    return {
      value: isSeveral ? listValue(values) : textValue({ op: 'index', operand: values, index: number(1) }),
      hasKeys,
    };
  }
}
