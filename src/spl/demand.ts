/**
 * What the rest of a search needs of the rows it is handed. Worked out from the last command to the first, so that only those
 * fields are read, and a field of a JSON document is looked up only where something asks for it by name.
 */

import { SplError } from './diagnostics.ts';
import type { Span } from './source.ts';

/** needed: looked up wherever it may come from. kept: only where an earlier command made it (it stands where nothing new is written). */
export type Need = 'needed' | 'kept';

export interface Demand {
  readonly names: ReadonlyMap<string, Need>;
  /** Every known field too. */
  readonly all: boolean;
  /** The order of the rows. */
  readonly order: boolean;
  /** Every field there is, and no others: who asks for it. Where only the data know the fields, that is refused. */
  readonly closed?: ClosedDemand;
}

export interface ClosedDemand {
  /** The command, for messages. */
  readonly name: string;
  readonly span: Span;
}

/** What a reader of the whole result wants. */
export const EVERYTHING: Demand = { names: new Map(), all: true, order: true };

export function wants(demand: Demand, name: string): boolean {
  return demand.all || demand.names.has(name);
}

export function need(demand: Demand, names: Iterable<string>, strength: Need = 'needed'): Demand {
  const all = new Map(demand.names);
  for (const name of names) if (all.get(name) !== 'needed') all.set(name, strength);
  return { ...demand, names: all };
}

/** These are made by the command itself. */
export function without(demand: Demand, names: Iterable<string>): Demand {
  const rest = new Map(demand.names);
  for (const name of names) rest.delete(name);
  return { ...demand, names: rest };
}

/** Exactly these names and nothing else. */
export function only(names: Iterable<string>, order: boolean): Demand {
  return need({ names: new Map(), all: false, order }, names);
}

export function withOrder(demand: Demand): Demand {
  return { ...demand, order: true };
}

/** What at least one of the two wants. */
export function either(one: Demand, other: Demand): Demand {
  const names = new Map(one.names);
  for (const [name, strength] of other.names) if (names.get(name) !== 'needed') names.set(name, strength);
  const closed = one.closed ?? other.closed;
  const all = one.all || other.all;
  return { names, all, order: one.order || other.order, ...(closed === undefined ? {} : { closed }) };
}

/** Refuses what asks for all fields of rows whose fields only the data know. */
export function refuseClosed({ all, closed }: Demand, open: string): void {
  if (!all || closed === undefined) return;
  throw new SplError(
    'SPL310',
    `${closed.name}: expected rows whose fields are known, found ${open}.`,
    closed.span,
    'Name the fields: fields, table or stats.',
  );
}
