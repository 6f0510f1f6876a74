/**
 * rename: gives fields new names, left to right. The target is overwritten, with nothing where the source has nothing; a source
 * that does not exist empties an existing target. Otherwise it costs no step of its own: the columns are named anew at the end.
 *
 *   rename <field> AS <field> [,] …      `*` on both sides carries over; it never touches fields that begin with _
 *
 * While the rows are events, a wildcard is carried out for the names that the rest of the search asks for: such a field becomes
 * the matching one if any row of the result has that, and else stays.
 */
import type { Rename, RenameCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import type { Demand } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, number, when } from '../expression.ts';
import { type Field, fieldValue, type Output, type Relation } from '../relation.ts';
import { ABSENT, asKind, commonKind } from '../value.ts';
import { fillWildcard, hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

export const rename: CommandSpec<RenameCommand> = {
  kind: 'RenameCommand',
  names: ['rename'],

  parse(input) {
    const renames: Rename[] = [];
    const sources = new Set<string>();
    while (!input.isEnd()) {
      if (renames.length > 0) input.skipComma();
      const from = input.expectField();
      if (input.optionalWord('as') === undefined) {
        if (input.isEnd()) throw input.missing(`AS and a new name for "${from.name}"`);
        throw input.context.unexpected('rename', 'AS', input.context.peek('arguments'));
      }
      const to = input.expectField();
      const span = { start: from.span.start, end: to.span.end };
      checkWildcards(from.name, to.name, span);
      if (sources.has(from.name)) {
        throw new SplError('SPL312', `rename: expected one new name for "${from.name}", found two.`, span);
      }
      sources.add(from.name);
      renames.push({ span, from, to });
    }
    if (renames.length === 0) throw input.missing('a field, AS and a new name');
    return { kind: 'RenameCommand', span: input.span, name: input.command, renames };
  },

  demand(command, demand) {
    return demandBefore(command.renames, demand);
  },

  lower(command, input, scope) {
    let relation = input;
    let names: RenamedFields | undefined;
    for (const [index, one] of command.renames.entries()) {
      const isWild = hasWildcard(one.from.name);
      names ??= new RenamedFields(relation.fields);
      if (!isWild && (names.has(one.from.name) || !names.has(one.to.name))) {
        names.rename(one.from.name, one.to.name);
        continue;
      }
      relation = { ...relation, fields: names.fields };
      names = undefined;
      const behind = demandBefore(command.renames.slice(index + 1), scope.demand);
      const step = scope.step(`step_${index + 1}`, behind);
      if (!isWild) relation = emptied(relation, one, step);
      else if (relation.ofEvents) relation = renamedEvents(relation, one, step);
      else relation = { ...relation, fields: renamedByWildcard(relation, one.from.name, one.to.name, one.span) };
    }
    return names === undefined ? relation : { ...relation, fields: names.fields };
  },
};

/** Fields in their order while one name after the other changes: a search may have thousands of them. */
class RenamedFields {
  readonly #entries: (readonly [string, Field] | undefined)[];
  readonly #places: Map<string, number>;

  constructor(fields: ReadonlyMap<string, Field>) {
    this.#entries = [...fields];
    this.#places = new Map([...fields.keys()].map((name, place) => [name, place]));
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** The target, where there is one, gives way. */
  rename(from: string, to: string): void {
    const place = this.#places.get(from);
    const field = place === undefined ? undefined : this.#entries[place]?.[1];
    if (place === undefined || field === undefined || from === to) return;
    const overwritten = this.#places.get(to);
    if (overwritten !== undefined) this.#entries[overwritten] = undefined;
    this.#places.delete(from);
    this.#places.set(to, place);
    this.#entries[place] = [to, field];
  }

  get fields(): ReadonlyMap<string, Field> {
    return new Map(this.#entries.filter((entry) => entry !== undefined));
  }
}

function checkWildcards(from: string, to: string, span: { start: number; end: number }): void {
  const count = (name: string): number => name.split('*').length - 1;
  if (count(from) === count(to)) return;
  throw new SplError(
    'SPL311',
    `rename: expected as many * in both names, found ${count(from)} in "${from}" and ${count(to)} in "${to}".`,
    span,
  );
}

/** What is asked for before all of them. */
function demandBefore(renames: readonly Rename[], demand: Demand): Demand {
  const names = new Map(demand.names);
  for (const { from, to } of renames.toReversed()) {
    if (!hasWildcard(from.name)) {
      const strength = demand.all ? (names.get(to.name) ?? 'needed') : names.get(to.name);
      names.delete(to.name);
      names.delete(from.name);
      if (strength !== undefined) names.set(from.name, strength);
      continue;
    }
    // The source may be there or not, so both are asked for; which of them counts is decided row set by row set.
    for (const name of [...names.keys()]) {
      const found = name.startsWith('_') ? undefined : matchWildcard(to.name, name);
      if (found !== undefined) names.set(fillWildcard(from.name, found), 'needed');
    }
  }
  return { ...demand, names };
}

/** Without a source, a target that is there has no value in any row. */
function emptied(relation: Relation, { to }: Rename, scope: CommandScope): Relation {
  if (!scope.wants(to.name)) {
    return { ...relation, fields: new Map([...relation.fields].filter(([name]) => name !== to.name)) };
  }
  return scope.extend(relation, [{ name: to.name, value: ABSENT, kind: 'text', certain: false }]);
}

/** The fields of events are not known, but those that somebody asks for are. */
function renamedEvents(relation: Relation, { from, to, span }: Rename, scope: CommandScope): Relation {
  if (scope.demand.all) {
    throw new SplError(
      'SPL310',
      `rename: expected names, found "${from.name}", which would have to cover every field of every event.`,
      span,
      'Name the fields that the search is for at its end, with table or stats.',
    );
  }
  const isMoved = (name: string): boolean => !name.startsWith('_') && matchWildcard(from.name, name) !== undefined;
  const outputs: Output[] = [];
  for (const name of scope.demand.names.keys()) {
    const found = name.startsWith('_') ? undefined : matchWildcard(to.name, name);
    const source = found === undefined ? undefined : relation.fields.get(fillWildcard(from.name, found));
    if (source === undefined) continue;
    const own = isMoved(name) ? undefined : relation.fields.get(name);
    outputs.push({ name, certain: source.certain, ...overwritten(source, own) });
  }
  const made = new Set(outputs.map(({ name }) => name));
  const extended = scope.extend(relation, outputs);
  const fields = [...extended.fields].filter(([name]) => made.has(name) || !isMoved(name));
  return { ...extended, fields: new Map(fields) };
}

/** The source's values, if the result has that field: if some row has a value. Else what the target holds. */
function overwritten(source: Field, own: Field | undefined): Pick<Output, 'value' | 'kind'> {
  const value = fieldValue(source);
  if (own === undefined || source.certain) return { value, kind: source.kind };
  const kind = commonKind([value, fieldValue(own)]);
  const count = {
    op: 'window',
    call: { name: 'count', arguments: [value.expression] },
    partitionBy: [],
    orderBy: [],
  } as const;
  const expression = when(binary('>', count, number(0)), asKind(value, kind), asKind(fieldValue(own), kind));
  return { value: { kind, expression }, kind };
}

function renamedByWildcard(
  relation: Relation,
  from: string,
  to: string,
  span: { start: number; end: number },
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  const moved = new Map<string, Field>();
  for (const [name, field] of relation.fields) {
    const found = name.startsWith('_') ? undefined : matchWildcard(from, name);
    const target = found === undefined ? undefined : fillWildcard(to, found);
    if (target === undefined) {
      if (!moved.has(name)) fields.set(name, field);
      continue;
    }
    if (moved.has(target))
      throw new SplError('SPL312', `rename: expected one field named "${target}", found two.`, span);
    moved.set(target, field);
    fields.set(target, field);
  }
  return fields;
}
