/**
 * table: exactly these fields, in this order; a name that nothing yields gives an empty column.
 *
 *   table <field-list>      wildcards allowed once the fields are known
 */
import type { TableCommand } from '../ast.ts';
import { only, wants } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import type { Field } from '../relation.ts';
import { ABSENT } from '../value.ts';
import { hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

export const table: CommandSpec<TableCommand> = {
  kind: 'TableCommand',
  names: ['table'],

  parse(input) {
    const fields = input.fieldList([], true);
    if (fields.length === 0) throw input.missing('at least one field');
    return { kind: 'TableCommand', span: input.span, name: input.command, fields };
  },

  demand(command, demand) {
    const plain = command.fields.map(({ name }) => name).filter((name) => !hasWildcard(name) && wants(demand, name));
    const patterns = command.fields.map(({ name }) => name).filter(hasWildcard);
    const matched = [...demand.names.keys()].filter((name) =>
      patterns.some((pattern) => matchWildcard(pattern, name) !== undefined),
    );
    return { ...only([...plain, ...matched], demand.order), all: demand.all && patterns.length > 0 };
  },

  lower(command, input, scope) {
    const fields = new Map<string, Field>();
    const missing: string[] = [];
    for (const field of command.fields) {
      if (!hasWildcard(field.name)) {
        if (fields.has(field.name) || !scope.wants(field.name)) continue;
        scope.read(input, field);
        const found = input.fields.get(field.name);
        if (found === undefined) missing.push(field.name);
        fields.set(field.name, found ?? { column: '', kind: 'text', whole: false, certain: false });
        continue;
      }
      if (input.ofEvents) {
        throw new SplError(
          'SPL310',
          `table: expected names, found "${field.name}", which would have to cover every field of every event.`,
          field.span,
          'Name the fields, or put the wildcard behind stats.',
        );
      }
      for (const [name, found] of input.fields) {
        if (!fields.has(name) && matchWildcard(field.name, name) !== undefined) fields.set(name, found);
      }
    }
    if (missing.length === 0) return { ...input, fields, ofEvents: false };
    const outputs = missing.map((name) => ({ name, value: ABSENT, kind: 'text' as const, certain: false as const }));
    const extended = scope.extend(input, outputs);
    const ordered = [...fields.keys()].flatMap((name) => {
      const field = extended.fields.get(name);
      return field === undefined ? [] : [[name, field] as const];
    });
    return { ...extended, fields: new Map(ordered), ofEvents: false };
  },
};
