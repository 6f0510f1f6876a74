/**
 * AST to plan, in two passes. From the last command to the first: what each needs of its input. From the first to the last: the nodes,
 * with exactly the fields that were asked for.
 */
import type { Command, Search } from './ast.ts';
import { CommandScope, type Settings } from './command-scope.ts';
import { specOf } from './commands/index.ts';
import { lowerFirstSearch } from './commands/search.ts';
import { type Demand, EVERYTHING } from './demand.ts';
import { type Diagnostic, SplError } from './diagnostics.ts';
import type { Column, Plan } from './plan.ts';
import { fieldValue, type Relation } from './relation.ts';

export interface Lowered {
  readonly plan: Plan;
  readonly fields: readonly { readonly name: string; readonly kind: 'text' | 'number' | 'list' }[];
  readonly datasets: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/** Throws SplError. */
export function lower(search: Search, settings: Settings): Lowered {
  const warnings: Diagnostic[] = [];
  const demands = demandsOf(search, settings);
  const [first, ...rest] = search.commands;
  if (first?.kind !== 'SearchCommand') throw new Error('lower: expected the parser to put a search first.');
  const scopeOf = (index: number, known: Settings): CommandScope => {
    const command = search.commands[index];
    const demand = demands[index];
    if (command === undefined || demand === undefined) throw new Error('lower: expected a command.');
    return new CommandScope(known, demand, `${labelOf(command.name)}_${index + 1}`, warnings);
  };
  const scan = lowerFirstSearch(first, scopeOf(0, settings));
  const known: Settings = { ...settings, range: scan.range };
  let relation = scan.relation;
  for (const [index, command] of rest.entries()) {
    relation = specOf(command).lower(command, relation, scopeOf(index + 1, known));
    checkFields(relation.fields.size, command, settings);
  }
  return {
    plan: { root: relation.node, output: outputOf(relation, search), orderBy: relation.order },
    fields: [...relation.fields].map(([name, { kind }]) => ({ name, kind })),
    datasets: scan.dataset.tables.length > 1 ? ['kube_audit', 'logs'] : [scan.dataset.name],
    warnings,
  };
}

/** What is needed of each command's output. */
function demandsOf(search: Search, settings: Settings): readonly Demand[] {
  let demand = EVERYTHING;
  const demands: Demand[] = [];
  for (const command of [...search.commands].reverse()) {
    demands.push(demand);
    demand = specOf(command).demand(command, demand);
    checkFields(demand.names.size, command, settings);
  }
  return demands.reverse();
}

function checkFields(count: number, command: Command, settings: Settings): void {
  const { maxFields } = settings.limits;
  if (count <= maxFields) return;
  throw new SplError('SPL117', `${command.name}: expected at most ${maxFields} fields, found ${count}.`, command.span);
}

function labelOf(name: string): string {
  return name.toLowerCase();
}

function outputOf(relation: Relation, search: Search): readonly Column[] {
  const seen = new Map<string, string>();
  return [...relation.fields].map(([name, field]) => {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new SplError(
        'SPL312',
        `search: expected results whose names differ in more than case, found "${other}" and "${name}".`,
        search.commands.at(-1)?.span ?? search.span,
        'Rename one of them.',
      );
    }
    seen.set(name.toLowerCase(), name);
    if (name.includes('\0')) {
      throw new SplError('SPL317', 'search: expected names without NUL, found one.', search.span);
    }
    return { name, expression: fieldValue(field).expression };
  });
}
