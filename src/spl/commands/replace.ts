/**
 * replace: puts another text in the place of whole values.
 *
 *   replace <text> WITH <text> [, <text> WITH <text>] … IN <field-list>       once the fields are known: without IN
 *
 * A value must match as a whole and with regard to case. `*` stands for any run, the first one for the least; in the second text each
 * `*` stands for what the one in its place matched. Of several texts without `*` a later one counts before an earlier.
 *
 * Not supported: several texts where one has a `*`, since which of them counts depends on how well they match; events without IN.
 */
import type { FieldName, ReplaceCommand, Replacement } from '../ast.ts';
import { need, wants } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, type Expression, text, when } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { fieldValue, type Output } from '../relation.ts';
import { asText, eachMember, listValue, textValue } from '../value.ts';
import { hasWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

export const replace: CommandSpec<ReplaceCommand> = {
  kind: 'ReplaceCommand',
  names: ['replace'],

  parse(input) {
    const replacements: Replacement[] = [];
    while (!input.isEnd() && !input.isWord('in')) {
      if (replacements.length > 0) input.skipComma();
      const from = input.expectString('a text');
      if (input.optionalWord('with') === undefined) {
        if (input.isEnd()) throw input.missing(`WITH and another text for "${from.value}"`);
        throw input.context.unexpected('replace', 'WITH', input.context.peek('arguments'));
      }
      const to = input.expectString('another text');
      replacements.push({ span: { start: from.span.start, end: to.span.end }, from, to });
    }
    if (replacements.length === 0) throw input.missing('a text, WITH and another text');
    checkStars(replacements);
    let fields: readonly FieldName[] = [];
    if (input.optionalWord('in') !== undefined) {
      fields = input.fieldList();
      if (fields.length === 0) throw input.missing('at least one field after IN');
    }
    return { kind: 'ReplaceCommand', span: input.span, name: input.command, replacements, fields };
  },

  demand: (command, demand) =>
    need(
      demand,
      namesOf(command.fields).filter((name) => wants(demand, name)),
    ),

  lower(command, input, scope) {
    if (command.fields.length === 0 && input.ofEvents) {
      throw new SplError(
        'SPL310',
        'replace: expected IN and fields, found none: it would have to cover every field of every event.',
        command.span,
        'Name the fields: replace … IN <field>.',
      );
    }
    for (const field of command.fields) scope.read(input, field);
    const names =
      command.fields.length > 0
        ? namesOf(command.fields)
        : [...input.fields.keys()].filter((name) => !name.startsWith('_'));
    const change = (value: Expression): Expression => replaced(value, command.replacements);
    const outputs = names.flatMap((name): readonly Output[] => {
      const field = input.fields.get(name);
      if (field === undefined) return [];
      const { certain } = field;
      const value = fieldValue(field);
      if (value.kind !== 'list') return [{ name, value: textValue(change(asText(value))), kind: 'text', certain }];
      return [{ name, value: listValue(eachMember(value.expression, change)), kind: 'list', certain }];
    });
    return scope.extend(input, outputs);
  },
};

function checkStars(replacements: readonly Replacement[]): void {
  const stars = (written: string): number => written.split('*').length - 1;
  for (const { from, to, span } of replacements) {
    if (stars(to.value) > 0 && stars(to.value) !== stars(from.value)) {
      throw new SplError(
        'SPL311',
        `replace: expected as many * in both texts or none in the second, found ${stars(from.value)} and ${stars(to.value)}.`,
        span,
      );
    }
    if (stars(from.value) === 0 || replacements.length === 1) continue;
    throw new SplError(
      'SPL316',
      `replace: expected one text with *, found several texts beside "${from.value}".`,
      from.span,
      'Write a replace command for each.',
    );
  }
}

function replaced(value: Expression, replacements: readonly Replacement[]): Expression {
  const [only] = replacements;
  if (only !== undefined && hasWildcard(only.from.value)) {
    const parts = only.from.value.split('*');
    const last = parts.length - 2;
    const pattern = parts.map((part, index) => {
      const star = index === parts.length - 1 ? '' : index === last ? '(.*)' : '(.*?)';
      return `${part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}${star}`;
    });
    const template = only.to.value
      .replace(/\\/g, '\\\\')
      .split('*')
      .reduce((filled, part, place) => `${filled}\\${place}${part}`);
    return call('regexp_replace', value, text(`(?s)^${pattern.join('')}$`), text(template));
  }
  const whens = [...replacements]
    .reverse()
    .map(({ from, to }) => ({ condition: binary('=', value, text(from.value)), result: text(to.value) }));
  const [first] = whens;
  if (whens.length === 1 && first !== undefined) return when(first.condition, first.result, value);
  return { op: 'case', whens, otherwise: value };
}
