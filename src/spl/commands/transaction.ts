/**
 * transaction: puts rows together that belong together, one row for each transaction.
 *
 *   transaction [<field-list>] [maxspan=<length>] [maxpause=<length>] [maxevents=<int>] [startswith=<condition>] [endswith=<condition>]
 *               [keepevicted=<bool>] [mvlist=<bool>]
 *
 * A condition is `"<search expression>"`, `(<search expression>)`, a word, or `eval(<condition>)`. Rows are taken newest first, those
 * of each combination of values by themselves. What each step does stands in its room: `transaction-members.ts` (which rows take
 * part), `transaction-parts.ts` (where one transaction ends and the next begins), `transaction-rows.ts` (what a transaction has).
 *
 * Not supported: fields that may hold several values, keeporphans, unifyends, name, the other forms of mvlist, and bounds on memory.
 */
import type { Arguments } from '../arguments.ts';
import type { FieldName, TransactionBound, TransactionCommand } from '../ast.ts';
import { SECONDS } from '../bin-size.ts';
import { SplError } from '../diagnostics.ts';
import { eachOnce } from '../field-names.ts';
import { fieldValue } from '../relation.ts';
import { MADE_FIELDS, transactionDemand } from '../transaction-demand.ts';
import { markMembers, takePart } from '../transaction-members.ts';
import { splitIntoParts } from '../transaction-parts.ts';
import { joinParts } from '../transaction-rows.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['maxspan', 'maxpause', 'maxevents', 'keepevicted', 'mvlist', 'connected'];
const UNSUPPORTED = ['name', 'unifyends', 'keeporphans', 'maxopentxn', 'maxopenevents', 'delim', 'mvraw', 'nullstr'];
const MOST_EVENTS = 1_000;

export const transaction: CommandSpec<TransactionCommand> = {
  kind: 'TransactionCommand',
  names: ['transaction'],

  parse(input) {
    const fields: FieldName[] = [];
    const bounds = new Map<string, TransactionBound>();
    let maxSpan: number | undefined;
    let maxPause: number | undefined;
    let maxEvents = MOST_EVENTS;
    let keepEvicted = false;
    let keepsList = false;
    while (!input.isEnd()) {
      const bound = input.optionalAssignment(['startswith', 'endswith']);
      if (bound !== undefined) {
        bounds.set(bound.text.toLowerCase(), parseBound(input, bound.text));
        continue;
      }
      const option = input.optionalOption(OPTIONS, UNSUPPORTED);
      if (option === undefined) {
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectPlainField());
      } else if (option.name === 'maxspan') maxSpan = seconds(option.value.text, () => input.misfit(option, LENGTH));
      else if (option.name === 'maxpause') maxPause = seconds(option.value.text, () => input.misfit(option, LENGTH));
      else if (option.name === 'maxevents') maxEvents = input.integer(option, 1);
      else if (option.name === 'keepevicted') keepEvicted = input.boolean(option);
      else if (option.name === 'mvlist') keepsList = input.boolean(option);
      // How rows join that have only some of the fields: there are none here.
      else input.boolean(option);
    }
    const made = fields.find(({ name }) => MADE_FIELDS.includes(name) || name === '_time' || name === '_raw');
    if (made !== undefined) {
      throw new SplError('SPL312', `transaction: expected another field than "${made.name}", found it.`, made.span);
    }
    return {
      kind: 'TransactionCommand',
      span: input.span,
      name: input.command,
      fields: eachOnce(fields),
      maxSpan,
      maxPause,
      maxEvents,
      startsWith: bounds.get('startswith'),
      endsWith: bounds.get('endswith'),
      keepEvicted,
      keepsList,
    };
  },

  demand: transactionDemand,

  lower(command, input, scope) {
    const time = input.fields.get('_time');
    if (time === undefined) {
      throw new SplError('SPL316', 'transaction: expected rows that have _time, found none.', command.span);
    }
    const members = markMembers(command, takePart(command, input, scope, fieldValue(time)), scope);
    return joinParts(command, splitIntoParts(command, members, scope), members, scope);
  },
};

const LENGTH = 'a length in s, m, h or d';

function seconds(written: string, misfit: () => SplError): number | undefined {
  if (/^-\d+[a-z]*$/i.test(written)) return undefined;
  const [, digits = '', unit = ''] = /^(\d{1,9})([a-z]*)$/i.exec(written) ?? [];
  const factor = unit === '' ? 1 : SECONDS[unit.toLowerCase() as keyof typeof SECONDS];
  if (digits === '' || factor === undefined) throw misfit();
  return Number(digits) * factor;
}

function parseBound(input: Arguments, name: string): TransactionBound {
  if (input.context.isOperator('search', '(')) {
    input.context.next('search');
    const expression = input.searchExpression();
    input.context.expectOperator('search', ')', name);
    if (expression === undefined) throw input.missing(`a condition for ${name}`);
    return { kind: 'search', expression };
  }
  const token = input.expectText(`a condition for ${name}`);
  if (token.kind === 'word' && token.text.toLowerCase() === 'eval' && input.context.isOperator('arguments', '(')) {
    input.context.next('arguments');
    const condition = input.expression();
    input.context.expectOperator('arguments', ')', name);
    return { kind: 'eval', condition };
  }
  return { kind: 'search', expression: input.quotedSearch(token) };
}
