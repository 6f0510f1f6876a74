/** What a command's `lower` works with: names for its nodes, the fields it is handed, what the rest of the search needs. */
import type { FieldName, ForeachCommand, Search, SearchSubsearch } from './ast.ts';
import { type Demand, wants } from './demand.ts';
import { type Diagnostic, type DiagnosticCode, SplError } from './diagnostics.ts';
import { type Expression, type SortTerm, TRUE } from './expression.ts';
import type { FieldRule } from './field-rule.ts';
import type { SplLimits } from './limits.ts';
import type { LookupTables } from './lookup-table.ts';
import type { Column, PlanNode } from './plan.ts';
import { ColumnNames, carryOrder, type Field, fieldValue, type Output, type Relation } from './relation.ts';
import type { Span } from './source.ts';
import type { SubsearchTerm } from './subsearch-term.ts';
import { suggest } from './suggestion.ts';
import type { SearchRange, WindowBinding } from './time-window.ts';
import { ABSENT, asKind, type Value } from './value.ts';

export interface Settings {
  readonly strict: boolean;
  readonly limits: SplLimits;
  readonly window: WindowBinding;
  /** The first search's bounds, half-open; known to the commands behind it. */
  readonly range?: SearchRange;
  readonly lookups: LookupTables;
  /** Fields that the content makes of events; none where left out. */
  readonly fieldRules?: readonly FieldRule[];
}

/** Works out a subsearch, its nodes named after `label`. Given to scopes by lower.ts, which knows the commands. */
export interface SubsearchLowering {
  /** One that begins with a search of its own. */
  search(search: Search, demand: Demand, label: string): Relation;
  /** One that begins with these rows. */
  pipe(search: Search, input: Relation, demand: Demand, label: string, settings: Settings): Relation;
  /** The commands of these texts one after the other: the template of foreach, filled in. */
  template(command: ForeachCommand, texts: readonly string[], input: Relation, scope: CommandScope): Relation;
  /** One whose rows a search expression compares with. */
  term(term: SearchSubsearch): SubsearchTerm;
}

export class CommandScope {
  readonly settings: Settings;
  /** What the commands behind this one need. */
  readonly demand: Demand;
  readonly #label: string;
  readonly #warnings: Diagnostic[];
  readonly subsearches: SubsearchLowering;

  constructor(
    settings: Settings,
    demand: Demand,
    label: string,
    warnings: Diagnostic[],
    subsearches: SubsearchLowering,
  ) {
    this.subsearches = subsearches;
    this.settings = settings;
    this.demand = demand;
    this.#label = label;
    this.#warnings = warnings;
  }

  /** The name of the command's node, or of a helping one before it. */
  label(part?: string): string {
    return part === undefined ? this.#label : `${this.#label}_${part}`;
  }

  /** The same command, one helping node before its last. */
  step(part: string, demand: Demand): CommandScope {
    return new CommandScope(this.settings, demand, this.label(part), this.#warnings, this.subsearches);
  }

  wants(name: string): boolean {
    return wants(this.demand, name);
  }

  warn(code: DiagnosticCode, message: string, span: Span, help?: string): void {
    if (this.#warnings.some((warning) => warning.code === code && warning.message === message)) return;
    this.#warnings.push({ code, severity: 'warning', message, span, ...(help === undefined ? {} : { help }) });
  }

  /** The field's value; absent, with a warning, where no command before made such a field. */
  read(relation: Relation, field: FieldName): Value {
    const found = relation.fields.get(field.name);
    if (found !== undefined) return fieldValue(found);
    if (relation.spread !== undefined) {
      throw new SplError(
        'SPL316',
        `field "${field.name}": expected one that is known before the search runs, found a name that may be a value of chart or timechart BY.`,
        field.span,
        'Compare before chart or timechart, or count with stats … BY.',
      );
    }
    if (!relation.ofEvents) {
      this.warn(
        'SPL403',
        `field "${field.name}": expected a field that a command before yields, found none of that name.`,
        field.span,
        suggest(field.name, relation.fields.keys()),
      );
    }
    return ABSENT;
  }

  /** The relation with these fields made or replaced; what nobody needs is left out. No node where nothing is made. */
  extend(relation: Relation, outputs: readonly Output[]): Relation {
    const wanted = outputs.filter(({ name }) => this.wants(name));
    if (wanted.length === 0) return relation;
    const made = new Map(wanted.map((output) => [output.name, output]));
    const names = new ColumnNames();
    const columns: Column[] = [];
    const fields = new Map<string, Field>();
    for (const [name, field] of relation.fields) {
      const replaced = made.get(name);
      if (!this.wants(name)) continue;
      if (replaced === undefined) {
        const taken = names.take(name);
        columns.push({ name: taken, expression: fieldValue(field).expression });
        fields.set(name, { ...field, column: taken });
      } else {
        fields.set(name, addOutput(replaced, columns, names));
        made.delete(name);
      }
    }
    for (const output of made.values()) fields.set(output.name, addOutput(output, columns, names));
    const order = this.demand.order ? carryOrder(relation.order, columns, names) : [];
    return {
      ...relation,
      node: { kind: 'Project', label: this.label(), input: relation.node, columns },
      fields,
      order,
    };
  }

  /** The rows for which all predicates are true; they may look into the rows of `subqueries`. No node where that is every row. */
  filter(relation: Relation, predicates: readonly Expression[], subqueries: readonly PlanNode[] = []): Relation {
    const real = predicates
      .flatMap((predicate) => (predicate.op === 'and' ? predicate.operands : [predicate]))
      .filter((predicate) => predicate !== TRUE && !(predicate.op === 'boolean' && predicate.value));
    if (real.length === 0) return relation;
    const node: PlanNode = { kind: 'Filter', label: this.label(), input: relation.node, predicates: real };
    return { ...relation, node: subqueries.length === 0 ? node : { ...node, subqueries } };
  }

  /** Every field of the input as a column of a new node, with the order beside them. */
  passThrough(
    relation: Relation,
    keep: (name: string) => boolean = (name) => this.wants(name),
  ): { columns: Column[]; names: ColumnNames; fields: Map<string, Field>; order: readonly SortTerm[] } {
    const names = new ColumnNames();
    const columns: Column[] = [];
    const fields = new Map<string, Field>();
    for (const [name, field] of relation.fields) {
      if (!keep(name)) continue;
      const taken = names.take(name);
      columns.push({ name: taken, expression: fieldValue(field).expression });
      fields.set(name, { ...field, column: taken });
    }
    const order = this.demand.order ? carryOrder(relation.order, columns, names) : [];
    return { columns, names, fields, order };
  }
}

function addOutput(output: Output, columns: Column[], names: ColumnNames): Field {
  const column = names.take(output.name);
  columns.push({ name: column, expression: asKind(output.value, output.kind) });
  const whole = output.kind === 'number' && output.value.kind === 'number' && output.value.whole === true;
  return { column, kind: output.kind, whole, certain: output.certain };
}
