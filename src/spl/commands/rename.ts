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
import { type Demand, need, wants, without } from '../demand.ts';
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
      if (renames.some((other) => other.from.name === from.name)) {
        throw new SplError('SPL312', `rename: expected one new name for "${from.name}", found two.`, span);
      }
      renames.push({ span, from, to });
    }
    if (renames.length === 0) throw input.missing('a field, AS and a new name');
    return { kind: 'RenameCommand', span: input.span, name: input.command, renames };
  },

  demand(command, demand) {
    return [...command.renames].reverse().reduce(demandOf, demand);
  },

  lower(command, input, scope) {
    const demands = demandsAfter(command.renames, scope.demand);
    let relation = input;
    for (const [index, one] of command.renames.entries()) {
      const step = scope.step(`step_${index + 1}`, demands[index] ?? scope.demand);
      relation =
        relation.ofEvents && hasWildcard(one.from.name)
          ? renamedEvents(relation, one, step)
          : (emptied(relation, one, step) ?? { ...relation, fields: renamed(relation, one) });
    }
    return relation;
  },
};

/** What is asked for behind each of them. */
function demandsAfter(renames: readonly Rename[], demand: Demand): readonly Demand[] {
  let after = demand;
  const demands = renames.toReversed().map((one) => {
    const own = after;
    after = demandOf(after, one);
    return own;
  });
  return demands.reverse();
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

function demandOf(demand: Demand, { from, to }: Rename): Demand {
  if (!hasWildcard(from.name)) {
    const strength = demand.names.get(to.name) ?? 'needed';
    const rest = without(demand, [from.name, to.name]);
    return wants(demand, to.name) ? need(rest, [from.name], strength) : rest;
  }
  // The source may be there or not, so both are asked for; which of them counts is decided row set by row set.
  const sources = [...demand.names.keys()].flatMap((name) => {
    const found = name.startsWith('_') ? undefined : matchWildcard(to.name, name);
    return found === undefined ? [] : [fillWildcard(from.name, found)];
  });
  return need(demand, sources);
}

/** Without a source, a target that is there has no value in any row; undefined where that is not so. */
function emptied(relation: Relation, { from, to }: Rename, scope: CommandScope): Relation | undefined {
  if (hasWildcard(from.name) || relation.fields.has(from.name)) return undefined;
  if (!relation.fields.has(to.name) || !scope.wants(to.name)) return undefined;
  return scope.extend(relation, [{ name: to.name, value: ABSENT, kind: 'text', certain: false }]);
}

function renamed(relation: Relation, { from, to, span }: Rename): ReadonlyMap<string, Field> {
  if (hasWildcard(from.name)) return renamedByWildcard(relation, from.name, to.name, span);
  const source = relation.fields.get(from.name);
  const fields = new Map<string, Field>();
  for (const [name, field] of relation.fields) {
    if (name === from.name && source !== undefined) fields.set(to.name, source);
    else if (name !== to.name) fields.set(name, field);
  }
  return fields;
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
