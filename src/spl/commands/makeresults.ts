/**
 * makeresults: rows out of nothing, at the beginning of a search.
 *
 *   makeresults [count=<int>] [annotate=f]          rows with nothing but `_time`, the search's now; 1 by default
 *   makeresults format=csv data="<header line and rows>"
 *   makeresults format=json data="[{…}, …]"         with `_time`, and each object in `_raw`
 *
 * Not supported: annotate=t, splunk_server, splunk_server_group.
 */
import type { MakeresultsCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, cast, column, type Expression, list, NULL, number, text } from '../expression.ts';
import { readCsv, readJson } from '../inline-data.ts';
import type { Column } from '../plan.ts';
import { ColumnNames, type Field, type Relation } from '../relation.ts';
import { searchTime } from '../time-window.ts';
import type { CommandSpec } from './command.ts';

/** Rows that one command may make. */
const MOST_ROWS = 1_000_000;
/** Splunk's bound on inline data. */
const MOST_CHARACTERS = 29_999;

export const makeresults: CommandSpec<MakeresultsCommand> = {
  kind: 'MakeresultsCommand',
  names: ['makeresults'],

  parse(input) {
    let count = 1;
    let format: string | undefined;
    let data: MakeresultsCommand['data'];
    for (;;) {
      const known = ['count', 'annotate', 'format', 'data'];
      const option = input.optionalOption(known, ['splunk_server', 'splunk_server_group']);
      if (option === undefined) break;
      if (option.name === 'count') count = input.integer(option, 0);
      else if (option.name === 'data') data = { kind: 'StringLiteral', span: option.value, value: option.value.text };
      else if (option.name === 'annotate') {
        if (input.boolean(option)) throw input.misfit(option, 'false: there is no server to name');
      } else {
        format = option.value.text.toLowerCase();
        if (format !== 'csv' && format !== 'json') throw input.misfit(option, 'csv or json');
      }
      if (count > MOST_ROWS) throw input.misfit(option, `at most ${MOST_ROWS}`);
    }
    if (data !== undefined && format === undefined) throw input.missing('format=csv or format=json beside data');
    if (format !== undefined && data === undefined) throw input.missing(`data beside format=${format}`);
    if (data !== undefined && data.value.length > MOST_CHARACTERS) {
      throw new SplError(
        'SPL205',
        `makeresults: data: expected at most ${MOST_CHARACTERS} characters, found ${data.value.length}.`,
        data.span,
      );
    }
    const rows = data === undefined ? [] : format === 'csv' ? readCsv(data) : readJson(data);
    const hasTime = format !== 'csv';
    if (data !== undefined) count = rows.length;
    return { kind: 'MakeresultsCommand', span: input.span, name: input.command, count, rows, hasTime, data };
  },

  demand: (_, demand) => demand,

  lower(command) {
    throw new SplError(
      'SPL316',
      'makeresults: expected at the beginning of a search, found behind another command.',
      command.span,
      'Put it behind the rows so far: append [makeresults …].',
    );
  },
};

export function lowerMakeresults(command: MakeresultsCommand, scope: CommandScope): Relation {
  const row = '_row';
  const names = new ColumnNames();
  const columns: Column[] = [{ name: names.take(row), expression: column(row) }];
  const fields = new Map<string, Field>();
  const add = (name: string, kind: Field['kind'], expression: Expression): void => {
    if (!scope.wants(name)) return;
    const taken = names.take(name);
    columns.push({ name: taken, expression });
    fields.set(name, { column: taken, kind, whole: false, certain: false });
  };
  if (command.hasTime) add('_time', 'number', call('epoch', searchTime(scope.settings.window)));
  for (const name of new Set(command.rows.flatMap((values) => [...values.keys()]))) {
    const values = list(command.rows.map((found) => textOrNothing(found.get(name))));
    const index = binary('+', column(row), number(1));
    add(name, 'text', { op: 'index', operand: values, index });
  }
  return {
    node: { kind: 'Generate', label: scope.label(), count: command.count, row, columns },
    fields,
    order: scope.demand.order ? [{ expression: column(row), descending: false }] : [],
    ofEvents: false,
  };
}

function textOrNothing(value: string | undefined): Expression {
  return value === undefined ? cast(NULL, 'varchar') : text(value);
}
