/** What a command's file exports: its syntax, what it needs of its input, its meaning. */
import type { Arguments } from '../arguments.ts';
import type { Command } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import type { Demand } from '../demand.ts';
import type { Relation } from '../relation.ts';

export interface CommandSpec<C extends Command> {
  readonly kind: C['kind'];
  /** As users write it; the first is the one that CTEs are named after. */
  readonly names: readonly string[];
  /** Reads everything up to the next pipe. */
  parse(input: Arguments): C;
  /** What it needs of its input so that the commands behind it get what they `demand`. */
  demand(command: C, demand: Demand): Demand;
  lower(command: C, input: Relation, scope: CommandScope): Relation;
}
