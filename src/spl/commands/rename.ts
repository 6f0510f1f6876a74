/**
 * rename: gives fields new names, left to right. The target is overwritten, with nothing where the source has nothing; a source
 * that does not exist empties an existing target. Costs no step of its own: the columns are named anew at the end.
 *
 *   rename <field> AS <field> [,] …      `*` on both sides carries over; it never touches fields that begin with _
 */
import type { Rename, RenameCommand } from '../ast.ts';
import { type Demand, need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import type { Field, Relation } from '../relation.ts';
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

  lower(command, input) {
    let relation = input;
    for (const one of command.renames) relation = { ...relation, fields: renamed(relation, one) };
    return relation;
  },
};

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

function renamedByWildcard(
  relation: Relation,
  from: string,
  to: string,
  span: { start: number; end: number },
): ReadonlyMap<string, Field> {
  if (relation.ofEvents) {
    throw new SplError(
      'SPL310',
      `rename: expected names, found "${from}", which would have to cover every field of every event.`,
      span,
      'Name the fields, or put the wildcard behind stats.',
    );
  }
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
