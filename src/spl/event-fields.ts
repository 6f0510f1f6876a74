/**
 * The fields of a dataset's events with those that the content's rules make of them, in Splunk's order: what regular expressions
 * extract, the events' own fields, aliases, calculated fields, lookups.
 *
 * - Of a key that several fitting stanzas have, source comes before host before sourcetype, text before patterns, then by name.
 * - Extractions go by their key; the first that finds something counts, and before the event's own field.
 * - Aliases read no alias, calculated fields no calculated field, and the keys of lookups nothing that a lookup made: each stage
 *   sees what the one before it left. Of lookups that make one name the later by key sees what the earlier left.
 */

import { captureGroup } from './capture.ts';
import type { DatasetField, DatasetTable } from './catalogue.ts';
import type { CommandScope } from './command-scope.ts';
import { SplError } from './diagnostics.ts';
import { evaluateWith } from './evaluate.ts';
import type { EventLookups } from './event-lookups.ts';
import { and, binary, call, column, type Expression, FALSE, text } from './expression.ts';
import type { FieldRule, RuleField, StanzaMatch } from './field-rule.ts';
import type { Span } from './source.ts';
import { chooseValue, firstValue, type Value } from './value.ts';

type Stage = RuleField['kind'];

/** One field of a rule, with the condition on the events that it is made of. */
interface Maker<F extends RuleField = RuleField> {
  readonly field: F;
  readonly rule: FieldRule;
  readonly applies: Expression;
}

/** The same table without rules, or one whose `resolve` knows them; what they look up is added to `lookups`. */
export function withFieldRules(table: DatasetTable, scope: CommandScope, lookups: EventLookups): DatasetTable {
  const rules = scope.settings.fieldRules ?? [];
  if (rules.length === 0) return table;
  const fields = new EventFields(table, rules, scope, lookups);
  const isMade = (name: string): boolean => rules.some((rule) => rule.fields.some((field) => field.name === name));
  return {
    ...table,
    resolve: (name, span) => fields.resolve(name, span),
    mayHave: (name) => table.mayHave(name) || isMade(name),
    mayHold: (name) => (isMade(name) ? [] : table.mayHold(name)),
  };
}

class EventFields {
  readonly #table: DatasetTable;
  readonly #makers: readonly Maker[];
  readonly #scope: CommandScope;
  readonly #lookups: EventLookups;

  constructor(table: DatasetTable, rules: readonly FieldRule[], scope: CommandScope, lookups: EventLookups) {
    this.#table = table;
    this.#scope = scope;
    this.#lookups = lookups;
    this.#makers = rules.flatMap((rule) =>
      rule.fields.map((field) => ({ field, rule, applies: conditionOf(rule, rules) })),
    );
  }

  resolve(name: string, span: Span): DatasetField {
    const own = this.#table.resolve(name, span, this.#scope.settings.limits);
    return { value: this.#lookedUp(name, span), typed: own.typed };
  }

  #own(name: string, span: Span): Value {
    return this.#table.resolve(name, span, this.#scope.settings.limits).value;
  }

  #extracted(name: string, span: Span): Value {
    const own = this.#own(name, span);
    const found = this.#makersOf('extract', name).map(({ field, applies, rule }) =>
      chosen(
        applies,
        said(rule, span, () => captureGroup(this.#own(field.from, span), field.group, 1)),
      ),
    );
    return firstValue([...found, own]);
  }

  #aliased(name: string, span: Span): Value {
    return this.#makersOf('alias', name).reduceRight(
      (otherwise, { field, applies }) => {
        const from = this.#extracted(field.from, span);
        return chosen(applies, field.keeps ? firstValue([this.#extracted(name, span), from]) : from, otherwise);
      },
      this.#extracted(name, span),
    );
  }

  #calculated(name: string, span: Span): Value {
    return this.#makersOf('eval', name).reduceRight(
      (otherwise, { field, applies, rule }) =>
        chosen(
          applies,
          said(rule, span, () =>
            evaluateWith(field.expression, ({ name: read }) => this.#aliased(read, span), this.#scope),
          ),
          otherwise,
        ),
      this.#aliased(name, span),
    );
  }

  #lookedUp(name: string, span: Span): Value {
    return this.#makersOf('lookup', name).reduce(
      (earlier, { field, applies, rule }) => {
        let hasKeys: Expression = FALSE;
        const found = said(rule, span, () => {
          const result = this.#lookups.find(field, applies, (read) => this.#calculated(read, span), span);
          hasKeys = result.hasKeys;
          return result.value;
        });
        return field.keeps ? firstValue([earlier, found]) : chosen(hasKeys, found, earlier);
      },
      this.#calculated(name, span),
    );
  }

  /** Those that make the field, in the order in which they are asked. */
  #makersOf<S extends Stage>(stage: S, name: string): readonly Maker<Extract<RuleField, { kind: S }>>[] {
    const makers = this.#makers.filter(
      (maker): maker is Maker<Extract<RuleField, { kind: S }>> =>
        maker.field.kind === stage && maker.field.name === name,
    );
    return makers.sort((one, other) => compare(one.rule.key, other.rule.key));
  }
}

/** The stanza fits the event, and no stronger one with this key does. */
function conditionOf(rule: FieldRule, rules: readonly FieldRule[]): Expression {
  const stronger = rules.filter(({ key, rows }) => key === rule.key && strengthOf(rows) < strengthOf(rule.rows));
  return and([
    matches(rule.rows),
    ...stronger.map(
      ({ rows }): Expression => ({
        op: 'not',
        operand: call('coalesce', matches(rows), { op: 'boolean', value: false }),
      }),
    ),
  ]);
}

/** Sorts before what it is stronger than. */
function strengthOf({ of, kind, text: name }: StanzaMatch): string {
  return `${['source', 'host', 'sourcetype'].indexOf(of)}${kind === 'text' ? 0 : 1}${name}`;
}

function matches({ of, kind, text: wanted }: StanzaMatch): Expression {
  const found = of === 'host' ? call('lower', column(of)) : column(of);
  const compared = text(of === 'host' ? wanted.toLowerCase() : wanted);
  return kind === 'text' ? binary('=', found, compared) : call('regexp_matches', found, compared);
}

/** `value` where the condition holds, else `otherwise`. */
function chosen(condition: Expression, value: Value, otherwise?: Value): Value {
  return chooseValue([{ condition, value }], otherwise);
}

/** An error in a rule stands in the content, not in the search that names its field. */
function said(rule: FieldRule, span: Span, work: () => Value): Value {
  try {
    const value = work();
    if (value.kind !== 'boolean') return value;
    throw new SplError('SPL305', 'expected a value, found a condition.', span, 'Write if(…, "true", "false").');
  } catch (error: unknown) {
    if (!(error instanceof SplError)) throw error;
    throw new SplError(
      error.code,
      `${rule.key} of [${rule.stanza}] (${rule.place}): ${error.message}`,
      span,
      error.help,
    );
  }
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
