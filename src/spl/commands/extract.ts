/**
 * extract, kv: fields out of the pairs of keys and values in `_raw`.
 *
 *   extract [pairdelim=<characters> kvdelim=<characters>] [limit=<int>] [maxchars=<int>] [mv_add=<bool>] [clean_keys=<bool>] [auto=<bool>]
 *
 * Without delimiters the pairs are those that the automatic extraction finds: key=value in a text that is no JSON. With them, any
 * run of the first parts pairs, any run of the second a key from its value; what stands between double quotes is one; a pair whose value holds
 * such a delimiter is none. A field that is there already stays, with mv_add what is found is put behind it. Which keys there are only the data
 * know: every field of the result so far, and every name that the rest of the search asks for, is looked for.
 *
 * Not supported: stanzas of transforms.conf.
 */
import type { ExtractCommand, PairDelimiters } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, refuseClosed } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { call, column, type Expression, number, text } from '../expression.ts';
import { fieldValue, type Output, type Relation } from '../relation.ts';
import { asKind, asList, asText, commonKind, listValue, nonEmpty, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['pairdelim', 'kvdelim', 'limit', 'maxchars', 'mv_add', 'clean_keys', 'auto', 'reload', 'segment'];
/** Splunk's own bounds; followed only where strict is asked for: padding would evade a detection. */
const SPLUNK_LIMIT = 50;
const SPLUNK_MAX_CHARACTERS = 10_240;

export const extract: CommandSpec<ExtractCommand> = {
  kind: 'ExtractCommand',
  names: ['extract', 'kv'],

  parse(input) {
    let pairs: string | undefined;
    let keys: string | undefined;
    let limit: number | undefined;
    let maxCharacters: number | undefined;
    let appends = false;
    let cleansKeys = true;
    let isAutomatic = true;
    while (!input.isEnd()) {
      const option = input.optionalOption(OPTIONS);
      if (option === undefined) {
        const token = input.expectText('an option');
        throw new SplError(
          'SPL316',
          `${input.command}: expected options, found "${token.text}"; stanzas of transforms.conf are not supported.`,
          token,
          'With pairdelim= and kvdelim= it says itself how keys and values stand, or use rex.',
        );
      }
      if (option.name === 'pairdelim' || option.name === 'kvdelim') {
        const characters = option.value.text.replace(/\\([nrt])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
        if (characters === '' || characters.includes('"')) {
          throw input.misfit(option, 'characters other than a double quote');
        }
        if (option.name === 'pairdelim') pairs = characters;
        else keys = characters;
      } else if (option.name === 'limit') limit = input.integer(option, 1);
      else if (option.name === 'maxchars') maxCharacters = input.integer(option, 1);
      else if (option.name === 'mv_add') appends = input.boolean(option);
      else if (option.name === 'clean_keys') cleansKeys = input.boolean(option);
      else if (option.name === 'auto') isAutomatic = input.boolean(option);
      else input.boolean(option);
    }
    if ((pairs === undefined) !== (keys === undefined)) {
      throw input.missing(pairs === undefined ? 'pairdelim= beside kvdelim=' : 'kvdelim= beside pairdelim=');
    }
    return {
      kind: 'ExtractCommand',
      span: input.span,
      name: input.command,
      delimiters: pairs === undefined || keys === undefined ? undefined : { pairs, keys },
      limit,
      maxCharacters,
      appends,
      cleansKeys,
      isAutomatic,
    };
  },

  demand: (_, demand) => need(demand, ['_raw']),

  lower(command, input, scope) {
    refuseClosed(scope.demand, `${command.name}, which finds whatever keys the text has`);
    const raw = scope.read(input, { kind: 'FieldName', span: command.span, name: '_raw' });
    if (raw.kind === 'null' || (command.delimiters === undefined && !command.isAutomatic)) return input;
    const wanted = new Set([...scope.demand.names.keys(), ...(scope.demand.all ? input.fields.keys() : [])]);
    const names = [...wanted].filter((name) =>
      command.cleansKeys ? /^[A-Za-z]\w*$/.test(name) : !name.startsWith('_'),
    );
    if (names.length === 0) return { ...input, ofEvents: true };
    const { pairs, relation } = pairsColumn(pairsOf(command, raw, scope), input, scope);
    const outputs = names.map((name) => pairOutput(name, pairs, command, relation));
    return { ...scope.extend(relation, outputs), ofEvents: true };
  },
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function pairsOf(command: ExtractCommand, raw: Value, { settings }: CommandScope): Expression {
  const isOfSplunk = settings.strict;
  const most = command.maxCharacters ?? (isOfSplunk ? SPLUNK_MAX_CHARACTERS : undefined);
  const limit = command.limit ?? (isOfSplunk ? SPLUNK_LIMIT : undefined);
  const seen = most === undefined ? asText(raw) : call('substr', asText(raw), number(1), number(most));
  const found = command.delimiters === undefined ? call('spl_pairs', seen) : delimited(seen, command.delimiters);
  const first: Expression =
    limit === undefined ? found : { op: 'index', operand: found, index: number(1), end: number(limit) };
  return command.cleansKeys ? call('spl_clean_keys', first) : first;
}

function delimited(document: Expression, { pairs, keys }: PairDelimiters): Expression {
  const [between, within] = [pairs, keys].map((characters) => characters.replace(/[[\\\]^-]/g, '\\$&'));
  const piece = `(?:"[^"]*"|[^${between}"]|")+`;
  const pair = `^\\s*((?:"[^"]*"|[^${within}"])+)[${within}]+((?:"[^"]*"|[^${within}"])*(?:"[^${within}"]*)?)\\s*$`;
  return call('spl_delimited_pairs', document, text(piece), text(pair));
}

/** In a column of their own, so that they are not worked out again for every field. */
function pairsColumn(found: Expression, input: Relation, scope: CommandScope) {
  const passed = scope.passThrough(input);
  const name = passed.names.take('pairs');
  const columns = [...passed.columns, { name, expression: found }];
  const node = { kind: 'Project', label: scope.label('pairs'), input: input.node, columns } as const;
  return { pairs: column(name), relation: { ...input, node, fields: passed.fields, order: passed.order } };
}

function pairOutput(name: string, pairs: Expression, command: ExtractCommand, input: Relation): Output {
  const found = call('spl_pair_values', pairs, text(name));
  const before = input.fields.get(name);
  if (command.appends) {
    if (before === undefined) return { name, value: listValue(found), kind: 'list', certain: false };
    const both = call('list_concat', asList(fieldValue(before)), found);
    return { name, value: listValue(nonEmpty(both)), kind: 'list', certain: before.certain };
  }
  const first = textValue({ op: 'index', operand: found, index: number(1) });
  if (before === undefined) return { name, value: first, kind: 'text', certain: false };
  const kind = commonKind([first, fieldValue(before)]);
  const expression = call('coalesce', asKind(fieldValue(before), kind), asKind(first, kind));
  return { name, value: { kind, expression }, kind, certain: before.certain };
}
