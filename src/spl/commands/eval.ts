/**
 * eval: makes or replaces fields, left to right. A value that is absent removes the field from that row.
 *
 *   eval <field> = <expression> [, <field> = <expression>] …
 */
import type { Assignment, EvalCommand } from '../ast.ts';
import type { Demand } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { lowerAssigned } from '../evaluate.ts';
import { fieldsOfEval } from '../field-names.ts';
import type { Output } from '../relation.ts';
import { commonKind } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const evaluate: CommandSpec<EvalCommand> = {
  kind: 'EvalCommand',
  names: ['eval'],

  parse(input) {
    const assignments: Assignment[] = [];
    do {
      const token = input.context.peek('arguments');
      const quoted = token.kind === 'word' ? /^'(.*)'$/.exec(token.text)?.[1] : undefined;
      const field =
        quoted === undefined
          ? input.expectPlainField()
          : { kind: 'FieldName' as const, span: input.context.next('arguments'), name: quoted };
      input.context.expectOperator('arguments', '=', 'eval');
      const value = input.expression();
      assignments.push({ span: { start: field.span.start, end: value.span.end }, field, value });
    } while (input.skipComma());
    return { kind: 'EvalCommand', span: input.span, name: input.command, assignments };
  },

  demand(command, demand) {
    return demandOfAssignments(command.assignments, demand);
  },

  lower(command, input, scope) {
    // An assignment that reads an earlier one of this command needs a step of its own.
    const steps: Assignment[][] = [];
    let made = new Set<string>();
    for (const assignment of command.assignments) {
      const step = steps.at(-1);
      const readsMade = fieldsOfEval(assignment.value).some((name) => made.has(name));
      if (step === undefined || readsMade || made.has(assignment.field.name)) {
        steps.push([assignment]);
        made = new Set([assignment.field.name]);
      } else {
        step.push(assignment);
        made.add(assignment.field.name);
      }
    }
    const { maxCommands } = scope.settings.limits;
    if (steps.length > maxCommands) {
      throw new SplError(
        'SPL114',
        `eval: expected at most ${maxCommands} assignments that read one another, found ${steps.length}.`,
        command.span,
      );
    }
    return steps.reduce((relation, step, index) => {
      const isLast = index === steps.length - 1;
      const later = steps.slice(index + 1).flat();
      const own = isLast ? scope : scope.step(`step_${index + 1}`, demandOfAssignments(later, scope.demand));
      const outputs = step
        .filter(({ field }) => own.wants(field.name))
        .map((assignment): Output => {
          const value = lowerAssigned(assignment, relation, own);
          return { name: assignment.field.name, value, kind: commonKind([value]), certain: false };
        });
      return own.extend(relation, outputs);
    }, input);
  },
};

/** What the assignments need so that what stands behind them gets what it demands. */
function demandOfAssignments(assignments: readonly Assignment[], demand: Demand): Demand {
  const names = new Map(demand.names);
  for (const { field, value } of [...assignments].reverse()) {
    if (!demand.all && !names.has(field.name)) continue;
    names.delete(field.name);
    for (const name of fieldsOfEval(value)) names.set(name, 'needed');
  }
  return { ...demand, names };
}
