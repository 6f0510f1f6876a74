/**
 * outputlookup: the rows so far become the rows of a lookup. The search itself only reads: what is to be written stands in the result
 * of the compilation (`writes`), for whoever runs it.
 *
 *   outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [key_field=<field>] [max=<int>]
 *                [createinapp=<bool>] <name>
 *
 * The last command of a search. Not supported: output_format, field lists.
 */
import type { OutputlookupCommand } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import { lookupWriteOf } from '../lookup-write.ts';
import type { CommandSpec } from './command.ts';

export const outputlookup: CommandSpec<OutputlookupCommand> = {
  kind: 'OutputlookupCommand',
  names: ['outputlookup'],

  parse(input) {
    let append = false;
    let overrideIfEmpty = true;
    let key: OutputlookupCommand['key'];
    let max: number | undefined;
    for (;;) {
      // The table is there, with or without rows, and belongs to no app: create_empty and createinapp change nothing.
      const option = input.optionalOption(
        ['append', 'create_empty', 'override_if_empty', 'key_field', 'max', 'createinapp'],
        ['output_format', 'allow_updates'],
      );
      if (option === undefined) break;
      if (option.name === 'key_field') key = { kind: 'FieldName', span: option.value, name: option.value.text };
      else if (option.name === 'max') max = input.integer(option, 1);
      else {
        const value = input.boolean(option);
        if (option.name === 'append') append = value;
        if (option.name === 'override_if_empty') overrideIfEmpty = value;
      }
    }
    const table = input.expectString("a lookup's name");
    const span = input.span;
    return { kind: 'OutputlookupCommand', span, name: input.command, table, append, overrideIfEmpty, key, max };
  },

  demand: (_, demand) => demand,

  lower(command, input, scope) {
    if (input.ofEvents) {
      throw new SplError(
        'SPL316',
        `${command.name}: expected rows whose fields are known, found events.`,
        command.span,
        'Put | table … or | stats … before it.',
      );
    }
    const fields = [...input.fields].map(([name, { kind }]) => ({ name, kind }));
    lookupWriteOf(command, fields, scope.settings.lookups);
    return input;
  },
};
