/**
 * foreach: runs commands once for each of several fields, with the field's name put into their text.
 *
 *   foreach <field-list> [mode=multifield] [fieldstr=<text>] [matchstr=<text>] [matchseg1=<text>] … [ <commands> ]
 *
 * In the commands `<<FIELD>>` is the field's name, `<<MATCHSTR>>` what the wildcard stands for, `<<MATCHSEG1>>` to `<<MATCHSEG3>>`
 * what each of several wildcards stands for; the options give them other spellings. Fields are taken as they are listed, those of a
 * wildcard in the order of the columns, each once. A listed name need not be a field. Names that begin with _ match only a wildcard
 * that does so too.
 *
 * Not supported: the other modes, which go through the values of one field; wildcards on events, whose fields are not known; commands
 * that look at more than one row.
 */
import type { Command, FieldName, ForeachCommand } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { Relation } from '../relation.ts';
import { hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['mode', 'fieldstr', 'matchstr', 'matchseg1', 'matchseg2', 'matchseg3'] as const;
const ROW_COMMANDS: ReadonlySet<Command['kind']> = new Set([
  'BinCommand', 'ConvertCommand', 'EvalCommand', 'FieldsCommand', 'FieldformatCommand', 'FillnullCommand', 'MakemvCommand', 'NomvCommand',
  'RegexCommand', 'RenameCommand', 'RexCommand', 'SearchCommand', 'WhereCommand',
]); // biome-ignore format: a flat list

export const foreach: CommandSpec<ForeachCommand> = {
  kind: 'ForeachCommand',
  names: ['foreach'],

  parse(input) {
    const texts = new Map<string, string>();
    const fields: FieldName[] = [];
    while (!input.isEnd() && !input.context.isOperator('arguments', '[')) {
      const option = input.optionalOption(OPTIONS, ['itemstr', 'iterstr']);
      if (option === undefined) {
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectField());
      } else if (option.name !== 'mode') {
        if (option.value.text === '') throw input.misfit(option, 'a text to look for in the template');
        texts.set(option.name, option.value.text);
      } else if (option.value.text.toLowerCase() !== 'multifield') throw input.misfit(option, 'multifield');
    }
    if (fields.length === 0) throw input.missing('at least one field', 'Example: foreach total_* [eval …]');
    const template = input.context.bracketed(input.command);
    const command: ForeachCommand = {
      kind: 'ForeachCommand',
      span: input.span,
      name: input.command,
      fields,
      template,
      placeholders: {
        field: texts.get('fieldstr') ?? '<<FIELD>>',
        match: texts.get('matchstr') ?? '<<MATCHSTR>>',
        segments: [1, 2, 3].map((place) => texts.get(`matchseg${place}`) ?? `<<MATCHSEG${place}>>`),
      },
    };
    for (const field of fields) checkPlaceholders(command, field);
    return command;
  },

  /** What goes past it; lower.ts, which can read the template, adds what that needs. */
  demand: (_, demand) => demand,

  lower(command, input, scope) {
    const texts = visitedFields(command, input).map(({ name, pattern }) => fillTemplate(command, name, pattern));
    return scope.subsearches.template(command, texts, input, scope);
  },
};

/** The template with one field's name in it. */
export function fillTemplate({ template, placeholders }: ForeachCommand, name: string, pattern: string): string {
  const found = matchWildcard(pattern, name) ?? [];
  const values = new Map([
    [placeholders.field, name],
    ...(found.length === 1 ? [[placeholders.match, found[0] ?? ''] as const] : []),
    ...found.flatMap((value, index) => {
      const segment = placeholders.segments[index];
      return segment === undefined ? [] : [[segment, value] as const];
    }),
  ]);
  const anyOf = [...values.keys()].map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  // At once: a name that spells another placeholder is text.
  return template.value.replace(new RegExp(anyOf, 'g'), (text) => values.get(text) ?? text);
}

/** Throws where a command of the template looks at more than one row. */
export function checkTemplate(commands: readonly Command[]): void {
  for (const command of commands) {
    const readsAll = command.kind === 'FillnullCommand' && command.fields.length === 0;
    if (ROW_COMMANDS.has(command.kind) && !readsAll) continue;
    throw new SplError(
      'SPL316',
      `foreach: expected commands that look at one row, found "${command.name}"${readsAll ? ' without fields' : ''}.`,
      command.span,
      'Most templates are one eval.',
    );
  }
}

interface Visit {
  readonly name: string;
  readonly pattern: string;
}

function visitedFields(command: ForeachCommand, input: Relation): readonly Visit[] {
  const visits = new Map<string, Visit>();
  const add = (name: string, pattern: string): void => {
    if (!visits.has(name)) visits.set(name, { name, pattern });
  };
  for (const field of command.fields) {
    if (!hasWildcard(field.name)) {
      add(field.name, field.name);
      continue;
    }
    if (input.ofEvents) {
      throw new SplError(
        'SPL310',
        `foreach: expected names, found "${field.name}", which would have to cover every field of every event.`,
        field.span,
        'Name the fields, or put foreach behind stats or table.',
      );
    }
    for (const name of input.fields.keys()) {
      const isInternal = name.startsWith('_') && !field.name.startsWith('_');
      if (!isInternal && matchWildcard(field.name, name) !== undefined) add(name, field.name);
    }
  }
  return [...visits.values()];
}

/** What stands for the wildcard of a name that has none, or several, Splunk does not say. */
function checkPlaceholders({ template, placeholders }: ForeachCommand, field: FieldName): void {
  const stars = field.name.split('*').length - 1;
  const uses = (text: string | undefined): boolean => text !== undefined && template.value.includes(text);
  const wrong =
    uses(placeholders.match) && stars !== 1
      ? placeholders.match
      : placeholders.segments.find((text, index) => uses(text) && index >= stars);
  if (wrong === undefined) return;
  const wanted = wrong === placeholders.match ? 'one *' : `at least ${placeholders.segments.indexOf(wrong) + 1} *`;
  throw new SplError(
    'SPL316',
    `foreach: expected fields with ${wanted} beside "${wrong}", found "${field.name}".`,
    field.span,
  );
}
