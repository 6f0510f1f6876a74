/**
 * A subsearch as a term of a search expression: `[search … | fields a b]` stands for `(a=… AND b=…) OR …` of its rows. The rows are
 * not written into the SQL but looked into: those whose values are plain texts all at once, those with a wildcard, a network or a
 * missing value one by one.
 *
 * A row says nothing of fields that it lacks; one that lacks all is no row. Of several values any will do.
 */
import type { FieldName, SearchSubsearch } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import {
  and,
  call,
  cast,
  column,
  type Expression,
  FALSE,
  isNotNull,
  isNull,
  list,
  NULL,
  or,
  TRUE,
  text,
} from './expression.ts';
import type { Column, PlanNode } from './plan.ts';
import type { SubsearchUse } from './predicate.ts';
import { ColumnNames, fieldValue } from './relation.ts';
import { endsInReturn, type SubsearchTerm } from './subsearch-term.ts';
import { asText, type Value } from './value.ts';
import { likePatternOf } from './wildcard-pattern.ts';

/** The rows that are compared. */
export interface RowsOutside {
  /** The table or node that yields them. */
  readonly source: string;
  readonly read: (field: FieldName) => Value;
}

/** The subsearches of one command: their rows once, their conditions as often as fields are read from another table. */
export class SubsearchTerms {
  /** Whose rows the conditions look into. */
  readonly nodes: PlanNode[] = [];
  readonly #scope: CommandScope;
  readonly #outer: readonly string[];
  readonly #known = new Map<SearchSubsearch, ComparedRows>();

  /** `outer`: columns of the rows outside, which expressions of a condition may name. */
  constructor(scope: CommandScope, outer: readonly string[]) {
    this.#scope = scope;
    this.#outer = outer;
  }

  /** True where the row outside matches a row of the subsearch; under NOT and of no rows false in any case. */
  condition({ subsearch, isNegated }: SubsearchUse, outside: RowsOutside): Expression {
    const rows = this.#rows(subsearch);
    const values = rows.term.fields.map((field) => ofSource(outside.read(field), outside.source));
    const isAny = or([equalsRow(values, rows), matchesRow(values, rows)]);
    if (isNegated || !endsInReturn(subsearch.search)) return isAny;
    this.#scope.warn(
      'SPL405',
      'return: where the subsearch finds nothing, it leaves no term and every event matches.',
      subsearch.span,
      'With fields in its place nothing would match.',
    );
    if (!this.nodes.includes(rows.all)) this.nodes.push(rows.all);
    return or([isAny, { op: 'not', operand: { op: 'existsRow', rows: rows.all.label, condition: TRUE } }]);
  }

  #rows(subsearch: SearchSubsearch): ComparedRows {
    const known = this.#known.get(subsearch);
    if (known !== undefined) return known;
    const made = comparedRows(this.#scope.subsearches.term(subsearch), this.#outer);
    this.#known.set(subsearch, made);
    this.nodes.push(made.plain, made.special);
    return made;
  }
}

/** A subsearch's rows in the form that conditions compare. */
interface ComparedRows {
  readonly term: SubsearchTerm;
  /** All of them. */
  readonly all: PlanNode;
  /** Rows in which every field has a text without wildcards. */
  readonly plain: PlanNode;
  /** All others, with a pattern of LIKE beside each text. */
  readonly special: PlanNode;
  readonly texts: readonly string[];
  readonly patterns: readonly string[];
  /** Of the columns, and of those outside. */
  readonly names: ColumnNames;
}

function comparedRows(term: SubsearchTerm, outer: readonly string[]): ComparedRows {
  const names = new ColumnNames();
  for (const name of outer) names.take(name);
  const texts = term.fields.map(() => names.take('term'));
  const patterns = term.fields.map(() => names.take('pattern'));
  const isPlain = names.take('plain');
  const distinct = distinctRows(term, texts);
  const all: PlanNode = {
    kind: 'Project',
    label: `${term.label}_rows`,
    input: distinct,
    columns: [
      ...texts.map((name) => ({ name, expression: column(name) })),
      { name: isPlain, expression: and(texts.flatMap((name) => [isNotNull(column(name)), isPlainText(column(name))])) },
    ],
  };
  const plain: PlanNode = { kind: 'Filter', label: `${term.label}_plain`, input: all, predicates: [column(isPlain)] };
  const others: PlanNode = {
    kind: 'Filter',
    label: `${term.label}_others`,
    input: all,
    predicates: [{ op: 'not', operand: column(isPlain) }],
  };
  const special: PlanNode = {
    kind: 'Project',
    label: `${term.label}_patterns`,
    input: others,
    columns: texts.flatMap((name, index) => [
      { name, expression: column(name) },
      { name: patterns[index] ?? '', expression: likePatternOf(column(name)) },
    ]),
  };
  return { term, all, plain, special, texts, patterns, names };
}

/** Within a subquery, DuckDB takes a bare column `user` of the rows outside for the session's user. */
function ofSource(value: Value, source: string): Value {
  return value.expression.op === 'column' ? { ...value, expression: column(value.expression.name, source) } : value;
}

/** Each combination of values once, in lower case; of several values one for each. */
function distinctRows({ label, rows, fields, columns }: SubsearchTerm, texts: readonly string[]): PlanNode {
  let node: PlanNode = {
    kind: 'Project',
    label: `${label}_values`,
    input: rows.node,
    columns: fields.map(({ name }, index): Column => {
      const field = rows.fields.get(name);
      const value = field === undefined ? undefined : fieldValue(field);
      const made =
        value === undefined ? cast(NULL, 'varchar') : value.kind === 'list' ? value.expression : asText(value);
      return { name: texts[index] ?? '', expression: made };
    }),
  };
  for (const [index, { name }] of fields.entries()) {
    if (rows.fields.get(name)?.kind !== 'list') continue;
    const own = texts[index] ?? '';
    const kept = texts.filter((other) => other !== own).map((other) => ({ name: other, expression: column(other) }));
    // A row without the field stays.
    const members = call('coalesce', column(own), list([cast(NULL, 'varchar')]));
    node = { kind: 'Unnest', label: `${label}_each_${index + 1}`, input: node, columns: kept, list: members, as: own };
  }
  if (columns === 'or') {
    const split = node;
    const legs = texts.map((own) => ({
      input: split,
      columns: texts.map((name) => ({ name, expression: name === own ? column(name) : cast(NULL, 'varchar') })),
    }));
    node = { kind: 'Union', label: `${label}_split`, legs };
  }
  return {
    kind: 'Aggregate',
    label: `${label}_distinct`,
    input: node,
    predicates: [or(texts.map((name) => isNotNull(column(name))))],
    keys: texts.map((name) => ({ name, expression: call('lower', column(name)) })),
    aggregates: [],
  };
}

const NETWORK = '^(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$';

/** No wildcard and no network: equal texts are all that matches. */
function isPlainText(value: Expression): Expression {
  return {
    op: 'not',
    operand: or([call('contains', value, text('*')), call('regexp_matches', value, text(NETWORK))]),
  };
}

/** Every field has the value of a row in which all have one. */
function equalsRow(values: readonly Value[], { plain, texts, names }: ComparedRows): Expression {
  if (values.some(({ kind }) => kind === 'null')) return FALSE;
  return withMembers(values, names, (found) => ({
    op: 'inRows',
    operands: found.map((value) => call('lower', value)),
    rows: plain.label,
    columns: texts,
  }));
}

/** Every field matches what a row has for it, or the row has nothing. */
function matchesRow(values: readonly Value[], { special, texts, patterns, names }: ComparedRows): Expression {
  const conditions = values.map((value, index) => {
    const [own, pattern] = [column(texts[index] ?? ''), column(patterns[index] ?? '')];
    if (value.kind === 'null') return values.length === 1 ? FALSE : isNull(own);
    const matches = withMembers([value], names, ([member = NULL]) =>
      or([{ op: 'like', operand: call('lower', member), pattern, escaped: true }, call('spl_in_network', member, own)]),
    );
    // Of one field no row lacks it.
    return values.length === 1 ? matches : or([isNull(own), matches]);
  });
  return { op: 'existsRow', rows: special.label, condition: and(conditions) };
}

/** The condition of the values' texts; of several values any may satisfy it. */
function withMembers(
  values: readonly Value[],
  names: ColumnNames,
  make: (texts: readonly Expression[]) => Expression,
): Expression {
  const lists: { readonly list: Expression; readonly member: string }[] = [];
  const texts = values.map((value) => {
    if (value.kind !== 'list') return asText(value);
    const member = names.take('item');
    lists.push({ list: value.expression, member });
    return column(member);
  });
  return lists.reduceRight<Expression>(
    (condition, { list, member }) => ({ op: 'existsMember', list, member, condition }),
    make(texts),
  );
}
