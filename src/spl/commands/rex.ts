/**
 * rex: fields out of text by the named groups of a regular expression, or a replacement in the text.
 *
 *   rex [field=<field>] [max_match=<int>] "<expression with (?<name>…)>"      field is _raw by default
 *   rex [field=<field>] mode=sed "s/<expression>/<replacement>/[g|<int>]"      or "y/<characters>/<characters>/"
 *
 * The expression may match anywhere. A group that did not take part leaves its field as it was; where a group can be passed
 * over (`(?<a>x)?`, `(?<a>x)|y`), RE2 does not tell that from a match of the empty text, so that counts as the same.
 * With max_match other than 1 the fields hold every match; 0 means all. Of several values each is tried.
 *
 * In sed mode `g` replaces every match, a number only the match of that place. An empty match right behind another one is none.
 * What a backslash means in the replacement is told in replacement.ts.
 *
 * Not supported: offset_field.
 */
import type { RexCommand, RexExtract } from '../ast.ts';
import { captureGroup } from '../capture.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, wants } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { call, type Expression, number, text } from '../expression.ts';
import { parsePattern } from '../regular-expression.ts';
import type { Output, Relation } from '../relation.ts';
import { fieldValue } from '../relation.ts';
import { readCharacters, readReplacement } from '../replacement.ts';
import type { Span } from '../source.ts';
import { asKind, asText, commonKind, eachMember, listValue, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const rex: CommandSpec<RexCommand> = {
  kind: 'RexCommand',
  names: ['rex'],

  parse(input) {
    let field: RexCommand['field'] = { kind: 'FieldName', span: input.commandSpan, name: '_raw' };
    let maxMatch = 1;
    let isSed = false;
    let expression: RexExtract['pattern'] | undefined;
    while (!input.isEnd()) {
      const option = input.optionalOption(['field', 'max_match', 'mode'], ['offset_field']);
      if (option === undefined) expression = input.expectString('a regular expression');
      else if (option.name === 'field') field = { kind: 'FieldName', span: option.value, name: option.value.text };
      else if (option.name === 'max_match') maxMatch = input.integer(option, 0);
      else if (option.value.text === 'sed') isSed = true;
      else throw input.misfit(option, 'sed');
    }
    if (expression === undefined) throw input.missing('a regular expression');
    if (isSed) parseSed(expression.value, expression.span);
    else if (parsePattern(expression.value, expression.span).groups.length === 0) {
      throw new SplError('SPL206', 'rex: expected a named group (?<name>…), found none.', expression.span);
    }
    const action = isSed
      ? ({ kind: 'substitute', expression } as const)
      : ({ kind: 'extract', pattern: expression, maxMatch } as const);
    return { kind: 'RexCommand', span: input.span, name: input.command, field, action };
  },

  demand(command, demand) {
    if (command.action.kind === 'substitute') return demand;
    const { groups } = parsePattern(command.action.pattern.value, command.action.pattern.span);
    const used = groups.map(({ name }) => name).filter((name) => wants(demand, name));
    // The groups' fields stay where nothing matches.
    return used.length === 0 ? demand : need(demand, [command.field.name, ...used]);
  },

  lower(command, input, scope) {
    const source = scope.read(input, command.field);
    if (source.kind === 'null') return input;
    const outputs =
      command.action.kind === 'substitute'
        ? [substituted(command, source)]
        : extracted(command.action, source, input, scope);
    return scope.extend(input, outputs);
  },
};

function extracted(action: RexExtract, source: Value, input: Relation, scope: CommandScope): readonly Output[] {
  const { groups } = parsePattern(action.pattern.value, action.pattern.span);
  return groups
    .filter(({ name }) => scope.wants(name))
    .map((group): Output => {
      const { name } = group;
      const found = captureGroup(source, group, action.maxMatch);
      const before = input.fields.get(name);
      if (before === undefined) return { name, value: found, kind: commonKind([found]), certain: false };
      const kind = commonKind([found, fieldValue(before)]);
      const expression = call('coalesce', asKind(found, kind), asKind(fieldValue(before), kind));
      return { name, value: { kind, expression }, kind, certain: before.certain };
    });
}

function substituted(command: RexCommand, source: Value): Output {
  if (command.action.kind !== 'substitute') throw new Error('rex: expected a substitution.');
  const change = parseSed(command.action.expression.value, command.action.expression.span);
  const value =
    source.kind === 'list' ? listValue(eachMember(source.expression, change)) : textValue(change(asText(source)));
  return { name: command.field.name, value, kind: commonKind([value]), certain: false };
}

/** What `s/a/b/g`, `s/a/b/2` or `y/abc/xyz/`, with any character in place of the slash, does to a text. */
function parseSed(expression: string, span: Span): (subject: Expression) => Expression {
  const [command, delimiter = ''] = expression;
  const isKnown = (command === 's' || command === 'y') && delimiter !== '';
  const [first, second, flags, ...others] = isKnown ? splitAt(expression.slice(2), delimiter) : [];
  if (first === undefined || second === undefined || flags === undefined || others.length > 0)
    throw notSed(expression, span);
  if (command === 'y' && flags === '') return transliterate(first, second, span);
  if (command !== 's' || !/^(?:g|[1-9]\d{0,5})?$/.test(flags)) throw notSed(expression, span);
  const parsed = parsePattern(first, span);
  const pattern = text(parsed.text);
  const replacement = text(readReplacement(second, parsed, span));
  if (flags === 'g') return (subject) => call('regexp_replace', subject, pattern, replacement, text('g'));
  if (flags === '' || flags === '1') return (subject) => call('regexp_replace', subject, pattern, replacement);
  return (subject) => call('spl_replace_nth', subject, pattern, replacement, number(Number(flags)));
}

/** Each character of the first text becomes the one in its place in the second. */
function transliterate(from: string, to: string, span: Span): (subject: Expression) => Expression {
  const [old, made] = [readCharacters(from, span), readCharacters(to, span)];
  if (old.length !== made.length) {
    throw new SplError(
      'SPL316',
      `rex: expected as many characters in both parts of y, found ${old.length} and ${made.length}.`,
      span,
    );
  }
  return (subject) => call('translate', subject, text(old.join('')), text(made.join('')));
}

function notSed(expression: string, span: Span): SplError {
  const message = `rex: expected "s/<expression>/<replacement>/", with g, the place of a match or neither, or "y/<characters>/<characters>/", found "${expression}".`;
  return new SplError('SPL316', message, span);
}

function splitAt(expression: string, delimiter: string): readonly string[] {
  const parts = [''];
  for (let offset = 0; offset < expression.length; offset += 1) {
    const character = expression[offset] ?? '';
    if (character === '\\' && expression[offset + 1] === delimiter) {
      parts[parts.length - 1] += delimiter;
      offset += 1;
    } else if (character === '\\') {
      parts[parts.length - 1] += expression.slice(offset, offset + 2);
      offset += 1;
    } else if (character === delimiter) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
