/** Every command: a table in, a table out. */
import type {
  AddtotalsCommand,
  Command,
  ConvertCommand,
  DedupCommand,
  FieldsCommand,
  FillnullCommand,
  ForeachCommand,
  HeadCommand,
  IplocationCommand,
  JoinCommand,
  LookupCommand,
  MakeresultsCommand,
  RenameCommand,
  ReplaceCommand,
  Search,
  SortKey,
  SpathCommand,
  TopCommand,
  UnionCommand,
} from '../../../src/spl/ast.ts';
import { aggregate } from './aggregation.ts';
import { binOf } from './bin.ts';
import { chart } from './chart.ts';
import { evaluateRow } from './eval-expression.ts';
import { toField, toTruth } from './eval-value.ts';
import { type FieldValue, fromMembers, membersOf, numberIn } from './field-value.ts';
import { groupRows } from './grouping.ts';
import { fromJson, toJson } from './json-commands.ts';
import { fieldNames, fieldOf, parseJson, textAt } from './json-fields.ts';
import { parseJsonStart } from './json-start.ts';
import { lookUp, lookupRows } from './lookup.ts';
import { compareSorted } from './order.ts';
import { extractPairs } from './pairs.ts';
import { toRegExp } from './pattern.ts';
import { refuse } from './refusal.ts';
import { extract, substitute } from './rex.ts';
import { Row, type Settings, type Table } from './row.ts';
import { type ExpandSubsearch, matchesSearch } from './search-expression.ts';
import { streamStats } from './streamstats.ts';
import { formatRows } from './subsearch.ts';
import { formatTime, parseTime } from './time.ts';
import { timechart } from './timechart.ts';
import { transaction } from './transaction.ts';
import { isChosen, matchStars } from './wildcard.ts';

const INTERNAL = ['_time', '_raw'];

export interface Scope extends Settings {
  /** Runs the commands of a search in brackets; without rows it begins with a search of its own. */
  readonly runSearch: (search: Search, table?: Table) => Table;
  /** Reads commands that are handed rows. */
  readonly parseCommands: (text: string) => readonly Command[];
  readonly expandSubsearch: ExpandSubsearch;
}

export function runCommand(command: Command, table: Table, settings: Scope): Table {
  const { rows } = table;
  switch (command.kind) {
    case 'SearchCommand': {
      const { expression } = command;
      return expression === undefined
        ? table
        : { ...table, rows: rows.filter((row) => matchesSearch(expression, row, settings.expandSubsearch)) };
    }
    case 'WhereCommand':
      return { ...table, rows: rows.filter((row) => toTruth(evaluateRow(command.condition, row, settings)) === true) };
    case 'EvalCommand':
      return mapRows(
        without(
          table,
          command.assignments.map(({ field }) => field.name),
        ),
        (row) =>
          command.assignments.reduce(
            (made, { field, value }) => made.with([[field.name, toField(evaluateRow(value, made, settings))]]),
            row,
          ),
      );
    case 'FieldsCommand':
      return chooseFields(command, table);
    case 'TableCommand':
      return keepFields(
        table,
        (name) =>
          isChosen(
            command.fields.map((field) => field.name),
            name,
          ),
        command.fields.map(({ name }) => name),
      );
    case 'RenameCommand':
      return rename(command, table);
    case 'FillnullCommand':
      return fillNull(command, table);
    case 'StatsCommand': {
      const names = command.by.map(({ name }) => name);
      const groups =
        names.length === 0 ? [{ key: [], values: [], rows }] : groupRows(rows, names, command.dedupSplitValues);
      return {
        rows: groups.map((group) =>
          Row.of([
            ...names.map((name, index) => [name, group.values[index]] as const),
            ...aggregate(command.aggregations, group.rows, settings),
          ]),
        ),
        existing: new Set(),
      };
    }
    case 'EventstatsCommand':
      return without(
        eventStats(
          command.aggregations,
          command.by.map(({ name }) => name),
          table,
          settings,
        ),
        command.aggregations.map(({ output }) => output.name),
      );
    case 'TopCommand':
      return { rows: topRows(command, rows), existing: new Set() };
    case 'DedupCommand':
      return { ...table, rows: dedup(command, rows) };
    case 'SortCommand': {
      const sorted = sortRows(rows, command.keys);
      return { ...table, rows: command.limit === 0 ? sorted : sorted.slice(0, command.limit) };
    }
    case 'HeadCommand':
      return { ...table, rows: headRows(command, rows, settings) };
    case 'ReverseCommand':
      return { ...table, rows: [...rows].reverse() };
    case 'BinCommand': {
      const rangeOf = binOf(command, rows, settings);
      return mapRows(without(table, [(command.output ?? command.field).name]), (row) =>
        row.with([[(command.output ?? command.field).name, rangeOf(row)]]),
      );
    }
    case 'ConvertCommand':
      return mapRows(
        without(
          table,
          command.conversions.map(({ output, field }) => (output ?? field).name),
        ),
        (row) => convert(command, row),
      );
    case 'MakemvCommand':
      return mapRows(without(table, [command.field.name]), (row) => {
        const { split } = command;
        const parts = membersOf(row.get(command.field.name)).flatMap((text) =>
          split.kind === 'delimiter'
            ? text.split(split.text)
            : [...text.matchAll(new RegExp(toRegExp(split.pattern.value), 'gu'))].map(([, group]) => group ?? ''),
        );
        return row.with([[command.field.name, fromMembers(parts.filter((part) => command.allowEmpty || part !== ''))]]);
      });
    case 'MvcombineCommand':
      return { ...table, rows: combine(command.field.name, rows) };
    case 'ReplaceCommand':
      return mapRows(table, (row) => replaceValues(command, row));
    case 'MvexpandCommand':
      return {
        ...table,
        rows: rows.flatMap((row) => {
          const members = membersOf(row.get(command.field.name));
          if (members.length < 2) return [row];
          const taken = command.limit === 0 ? members : members.slice(0, command.limit);
          return taken.map((member) => row.with([[command.field.name, member]]));
        }),
      };
    case 'RegexCommand': {
      const pattern = toRegExp(command.pattern.value);
      return {
        ...table,
        rows: rows.filter(
          (row) => membersOf(row.get(command.field.name)).some((text) => pattern.test(text)) !== command.negated,
        ),
      };
    }
    case 'RexCommand':
      return mapRows(table, (row) => {
        const { action, field } = command;
        return action.kind === 'extract'
          ? row.with(extract(row.get(field.name), action.pattern.value, action.maxMatch))
          : row.with([[field.name, substitute(row.get(field.name), action.expression.value)]]);
      });
    case 'SpathCommand':
      return mapRows(table, (row) => spath(command, row, settings));
    case 'ExtractCommand':
      return mapRows(table, (row) => extractPairs(command, row, settings));
    case 'FromjsonCommand':
      return mapRows(table, (row) => fromJson(command, row));
    case 'TojsonCommand':
      return mapRows(without(table, [command.output.name]), (row) => toJson(command, row));
    case 'IplocationCommand':
      return mapRows(table, (row) => locate(command, row, settings));
    case 'NomvCommand': {
      const { name } = command.field;
      return mapRows(table, (row) => {
        const members = membersOf(row.get(name));
        return row.with([[name, members.length === 0 ? undefined : members.join('\n')]]);
      });
    }
    case 'FieldformatCommand':
      return table;
    case 'ForeachCommand':
      return forEach(command, table, settings);
    case 'AppendCommand':
      return behind(table, firstOf(settings.runSearch(command.search), command.limit));
    case 'AppendcolsCommand':
      return beside(table, firstOf(settings.runSearch(command.search), command.limit), command.override);
    case 'InputlookupCommand':
      return behind(table, { rows: lookupRows(command, settings), existing: new Set() });
    case 'LookupCommand':
      return { ...mapRows(table, (row) => lookUp(command, row, settings)), existing: unwritten(command, table) };
    case 'MakeresultsCommand':
      return { rows: madeRows(command, settings), existing: new Set() };
    case 'UnionCommand':
      return union(command, table, settings);
    case 'AppendpipeCommand':
      return behind(table, settings.runSearch(command.search, table));
    case 'JoinCommand':
      return join(command, table, settings.runSearch(command.search));
    case 'FormatCommand':
      return formatRows(command, table);
    case 'AddtotalsCommand':
      return addTotals(command, table);
    case 'StreamstatsCommand':
      return without(
        streamStats(command, table, settings),
        command.aggregations.map(({ output }) => output.name),
      );
    case 'ChartCommand':
      return chart(command, rows, settings);
    case 'TransactionCommand':
      return transaction(command, table, settings);
    case 'TimechartCommand':
      return timechart(command, rows, settings);
    default:
      return refuse(`the command ${(command as Command).name}`);
  }
}

/** What a command makes exists only where some row has a value. */
function without(table: Table, names: readonly string[]): Table {
  return { ...table, existing: new Set([...table.existing].filter((name) => !names.includes(name))) };
}

function mapRows(table: Table, change: (row: Row) => Row): Table {
  return { ...table, rows: table.rows.map(change) };
}

function behind(table: Table, more: Table): Table {
  return { rows: [...table.rows, ...more.rows], existing: new Set([...table.existing, ...more.existing]) };
}

function firstOf(table: Table, limit: number): Table {
  return limit === 0 ? table : { ...table, rows: table.rows.slice(0, limit) };
}

/** Row by row; internal fields of the others do not count; rows without a partner stand alone. */
function beside(table: Table, other: Table, isOverriding: boolean): Table {
  const isAdded = (name: string): boolean => !name.startsWith('_');
  const rows = Array.from({ length: Math.max(table.rows.length, other.rows.length) }, (_, index) => {
    const [row = Row.of([]), added = Row.of([])] = [table.rows[index], other.rows[index]];
    const names = added.names().filter((name) => isAdded(name) && (isOverriding || row.get(name) === undefined));
    return row.with(names.map((name) => [name, added.get(name)]));
  });
  return { rows, existing: new Set([...table.existing, ...[...other.existing].filter(isAdded)]) };
}

/** Fields that a lookup may clear exist only where a row has them. */
function unwritten({ outputs, mode }: LookupCommand, { existing }: Table): ReadonlySet<string> {
  if (mode === 'new' || outputs === undefined) return existing;
  return new Set([...existing].filter((name) => !outputs.some(({ field }) => field.name === name)));
}

/** The search's own time in every row, but not beside CSV. */
function madeRows({ count, rows, hasTime }: MakeresultsCommand, { now }: Settings): readonly Row[] {
  return Array.from({ length: count }, (_, index) =>
    Row.of([...(hasTime ? [['_time', now] as const] : []), ...(rows[index] ?? [])]),
  );
}

/** One stream of events is in the order of a scan: newest first, of equal times the later arrival. */
function union({ searches, arrangement }: UnionCommand, table: Table, settings: Scope): Table {
  const all = searches.map((search) => settings.runSearch(search)).reduce(behind, table);
  if (arrangement === 'behind') return all;
  const arrived = (row: Row): readonly [number, number] => row.arrival ?? refuse('a stream of rows that are no events');
  const rows = [...all.rows].sort((left, right) => {
    const [[time, place], [otherTime, otherPlace]] = [arrived(left), arrived(right)];
    return otherTime - time || otherPlace - place;
  });
  return { ...all, rows };
}

/** Rule 37: the first rows of the other search with the same values; what such a row lacks stays. */
function join(command: JoinCommand, table: Table, other: Table): Table {
  const namesIn = ({ rows, existing }: Table): readonly string[] => [
    ...rows.flatMap((row) => row.names()),
    ...existing,
  ];
  const shared = new Set(namesIn(table).filter((name) => namesIn(other).includes(name)));
  // Of a field that no row has the interpreter knows nothing: then nothing matches.
  const keys = command.fields.length > 0 ? command.fields.map(({ name }) => name) : [...shared];
  const keyOf = (row: Row): string | undefined => {
    const values = keys.map((name) => membersOf(row.get(name)));
    if (values.some((members) => members.length > 1)) return refuse('join on a field with several values');
    return values.some((members) => members.length === 0) ? undefined : JSON.stringify(values);
  };
  const matches = new Map<string, Row[]>();
  for (const row of other.rows) {
    const key = keyOf(row);
    if (key !== undefined) matches.set(key, [...(matches.get(key) ?? []), row]);
  }
  const rows = table.rows.flatMap((row) => {
    const all = matches.get(keyOf(row) ?? '') ?? [];
    if (all.length === 0) return command.keepUnmatched ? [row] : [];
    return all.slice(0, command.max === 0 ? all.length : command.max).map((match) => {
      const names = match.names().filter((name) => command.overwrite || row.get(name) === undefined);
      return row.with(names.map((name) => [name, match.get(name)]));
    });
  });
  return { rows, existing: new Set([...table.existing, ...other.existing]) };
}

function addTotals(command: AddtotalsCommand, table: Table): Table {
  const { output, column } = command;
  const made = output === undefined ? table : mapRows(table, (row) => row.with([[output, totalOf(command, row)]]));
  if (column === undefined || made.rows.length === 0) return made;
  const sums = new Map<string, number>();
  for (const row of made.rows) {
    for (const name of row.names()) {
      const isSummed =
        name === output ||
        (command.fields.length === 0
          ? !name.startsWith('_')
          : isChosen(
              command.fields.map((field) => field.name),
              name,
            ));
      const [value, ...others] = membersOf(row.get(name)).map(numberIn);
      if (isSummed && value !== undefined && others.length === 0) sums.set(name, (sums.get(name) ?? 0) + value);
    }
  }
  const label = column.labelField === undefined ? [] : [[column.labelField, column.label] as const];
  return { ...made, rows: [...made.rows, Row.of([...sums, ...label])] };
}

/** Text that is no number counts nothing, and so do several values. */
function totalOf(command: AddtotalsCommand, row: Row): number {
  const patterns = command.fields.map(({ name }) => name);
  const names = row
    .names()
    .filter((name) => (patterns.length === 0 ? !name.startsWith('_') : isChosen(patterns, name)));
  const numbers = names.map((name) => membersOf(row.get(name))).filter((members) => members.length === 1);
  return numbers.reduce((sum, [text = '']) => sum + (numberIn(text) ?? 0), 0);
}

/** Rule 49: text, field by field. The order of columns is that in which the rows show them. */
function forEach(command: ForeachCommand, table: Table, scope: Scope): Table {
  const known = [...new Set([...table.rows.flatMap((row) => row.names()), ...table.existing])];
  const visited = new Map<string, readonly string[]>();
  for (const { name } of command.fields) {
    for (const field of name.includes('*') ? known.filter((other) => !other.startsWith('_')) : [name]) {
      const stars = matchStars(name, field);
      if (stars !== undefined && !visited.has(field)) visited.set(field, stars);
    }
  }
  const { field, match, segments } = command.placeholders;
  return [...visited].reduce((made, [name, stars]) => {
    const text = segments.reduce(
      (filled, segment, index) => filled.replaceAll(segment, stars[index] ?? segment),
      command.template.value.replaceAll(field, name).replaceAll(match, stars[0] ?? match),
    );
    return scope.parseCommands(text).reduce((found, inner) => runCommand(inner, found, scope), made);
  }, table);
}

/** Rule 30. */
function chooseFields(command: FieldsCommand, table: Table): Table {
  const patterns = command.fields.map(({ name }) => name);
  if (!command.remove) return keepFields(table, (name) => isChosen([...patterns, ...INTERNAL], name), patterns);
  return {
    rows: table.rows.map((row) =>
      row.with(
        [...row.names(), ...patterns].filter((name) => isChosen(patterns, name)).map((name) => [name, undefined]),
      ),
    ),
    existing: new Set([...table.existing].filter((name) => !isChosen(patterns, name))),
  };
}

/** `written` are names too, though no row may list them. */
function keepFields(table: Table, isKept: (name: string) => boolean, written: readonly string[]): Table {
  return {
    rows: table.rows.map((row) => row.keeping([...new Set([...row.names(), ...written])].filter(isKept))),
    existing: new Set([...table.existing].filter(isKept)),
  };
}

/** Rule 29: left to right, overwriting, with nothing too. */
function rename(command: RenameCommand, table: Table): Table {
  return command.renames.reduce(({ rows, existing }, { from, to }) => {
    const known = new Set([...rows.flatMap((row) => row.names()), ...existing]);
    const pairs = from.name.includes('*')
      ? [...known].sort().flatMap((name) => {
          const stars = name.startsWith('_') ? undefined : matchStars(from.name, name);
          if (stars === undefined) return [];
          let index = 0;
          return [[name, to.name.replace(/\*/g, () => stars[index++] ?? '')] as const];
        })
      : [[from.name, to.name] as const];
    const moved = pairs.filter(([old, name]) => old !== name);
    return {
      rows: rows.map((row) =>
        row.with(moved.map(([old]) => [old, undefined])).with(moved.map(([old, name]) => [name, row.get(old)])),
      ),
      existing: new Set([
        ...[...existing].filter((name) => !moved.some(([old, made]) => name === old || name === made)),
        ...moved.filter(([old]) => existing.has(old)).map(([, name]) => name),
      ]),
    };
  }, table);
}

/** Rules 26, 27. */
function fillNull(command: FillnullCommand, { rows, existing }: Table): Table {
  const names =
    command.fields.length > 0
      ? command.fields.map(({ name }) => name)
      : [...new Set([...rows.flatMap((row) => row.names()), ...existing])].filter((name) => !name.startsWith('_'));
  return {
    existing,
    rows: rows.map((row) =>
      row.with(names.filter((name) => row.get(name) === undefined).map((name) => [name, command.value])),
    ),
  };
}

/** Rule 24: rows without a BY field keep no value. */
function eventStats(
  aggregations: Parameters<typeof aggregate>[0],
  by: readonly string[],
  table: Table,
  settings: Settings,
): Table {
  const groups = new Map<string, Row[]>();
  const keyOf = (row: Row): string | undefined => {
    const values = by.map((name) => membersOf(row.get(name)));
    if (values.some((members) => members.length > 1)) return refuse('eventstats by a field with several values');
    return values.some((members) => members.length === 0) ? undefined : JSON.stringify(values);
  };
  for (const row of table.rows) {
    const key = keyOf(row);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const results = new Map([...groups].map(([key, rows]) => [key, aggregate(aggregations, rows, settings)]));
  return mapRows(table, (row) => {
    const key = keyOf(row);
    const found = key === undefined ? undefined : results.get(key);
    return row.with(found ?? aggregations.map(({ output }) => [output.name, undefined]));
  });
}

/** Rule 32: the share is of all rows that have the fields, within their BY group. */
function topRows(command: TopCommand, rows: readonly Row[]): readonly Row[] {
  const [by, fields] = [command.by, command.fields].map((list) => list.map(({ name }) => name)) as [string[], string[]];
  const names = [...by, ...fields];
  const totals = new Map<string, number>();
  const groups = groupRows(rows, names, false);
  const part = (key: readonly string[]): string => JSON.stringify(key.slice(0, by.length));
  for (const { key, rows: found } of groups) totals.set(part(key), (totals.get(part(key)) ?? 0) + found.length);
  const order = [...new Set(groups.map(({ key }) => part(key)))];
  const direction = command.order === 'top' ? -1 : 1;
  const ranked = [...groups].sort(
    (left, right) =>
      order.indexOf(part(left.key)) - order.indexOf(part(right.key)) ||
      direction * (left.rows.length - right.rows.length),
  );
  const rowOf = (key: readonly string[], count: number): Row => {
    const row: (readonly [string, FieldValue])[] = names.map((name, index) => [name, key[index]]);
    if (command.countField !== undefined) row.push([command.countField, count]);
    const share = (100 * count) / (totals.get(part(key)) ?? 1);
    if (command.percentField !== undefined) row.push([command.percentField, Number(share.toFixed(6))]);
    return Row.of(row);
  };
  return order.flatMap((group) => {
    const own = ranked.filter(({ key }) => part(key) === group);
    const shown = command.limit === 0 ? own : own.slice(0, command.limit);
    const left = own.slice(shown.length);
    const [first] = left;
    const made = shown.map(({ key, rows: found }) => rowOf(key, found.length));
    if (command.other === undefined || first === undefined) return made;
    const count = left.reduce((sum, { rows: found }) => sum + found.length, 0);
    return [...made, rowOf([...first.key.slice(0, by.length), command.other], count)];
  });
}

/** Up to the first row that does not satisfy the condition. */
function headRows(command: HeadCommand, rows: readonly Row[], settings: Settings): readonly Row[] {
  const { condition, count = rows.length } = command;
  if (command.from === 'tail') return rows.slice(Math.max(0, rows.length - count)).reverse();
  if (condition === undefined) return rows.slice(0, count);
  const end = rows.findIndex((row) => {
    const truth = toTruth(evaluateRow(condition, row, settings));
    return truth !== true && !(truth !== false && command.passesUnknown);
  });
  return rows.slice(0, end === -1 ? rows.length : end + (command.keepLast ? 1 : 0)).slice(0, count);
}

/** Rows that are alike in all other fields become one, where the first of them stood. */
function combine(name: string, rows: readonly Row[]): readonly Row[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const others = row.names().filter((other) => other !== name);
    const key = JSON.stringify(others.sort().map((other) => [other, row.get(other)]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => {
    const values = group.flatMap((row) => membersOf(row.get(name)));
    return group.slice(0, 1).map((row) => row.with([[name, fromMembers(values)]]));
  });
}

function replaceValues(command: ReplaceCommand, row: Row): Row {
  const names =
    command.fields.length > 0
      ? command.fields.map(({ name }) => name)
      : row.names().filter((name) => !name.startsWith('_'));
  const change = (text: string): string => {
    for (const { from, to } of [...command.replacements].reverse()) {
      // The first star takes least.
      const parts = from.value.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
      const [, ...stars] = new RegExp(`^${parts.join('(.*?)')}$`, 'su').exec(text) ?? [undefined];
      if (new RegExp(`^${parts.join('.*')}$`, 'su').test(text)) {
        let index = 0;
        return to.value.replace(/\*/g, () => stars[index++] ?? '');
      }
    }
    return text;
  };
  return row.with(names.map((name) => [name, fromMembers(membersOf(row.get(name)).map(change))]));
}

/** Rule 33. */
function dedup(command: DedupCommand, rows: readonly Row[]): readonly Row[] {
  let before: string | undefined;
  const seen = new Map<string, number>();
  return sortRows(rows, command.sortBy).flatMap((row) => {
    const values = command.fields.map(({ name }) => membersOf(row.get(name)));
    const key = JSON.stringify(values);
    if (command.consecutive && key !== before) seen.clear();
    before = key;
    if (values.some((members) => members.length === 0)) return command.keepEmpty || command.keepEvents ? [row] : [];
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count <= command.count) return [row];
    return command.keepEvents ? [row.with(command.fields.map(({ name }) => [name, undefined]))] : [];
  });
}

/** Several values are one text of lines; `num()` reads what is no number as missing: the rules are silent. */
function sortable(value: FieldValue, as: SortKey['as']): string | undefined {
  const members = membersOf(value);
  const text = members.length === 0 ? undefined : members.join('\n');
  return text === undefined || (as === 'num' && numberIn(text) === undefined) ? undefined : text;
}

/** Rule 34: stable; rows without the field last, in both directions. */
function sortRows(rows: readonly Row[], keys: readonly SortKey[]): readonly Row[] {
  return [...rows].sort((left, right) => {
    for (const { field, descending, as } of keys) {
      const [a, b] = [sortable(left.get(field.name), as), sortable(right.get(field.name), as)];
      if (a === undefined || b === undefined) {
        if (a === b) continue;
        return a === undefined ? 1 : -1;
      }
      const order = compareSorted(a, b, as, descending);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Rule 48; a value that does not fit stays, only `num` removes it. */
function convert(command: ConvertCommand, row: Row): Row {
  const format = command.timeFormat?.value ?? '%m/%d/%Y %H:%M:%S';
  const left = command.conversions
    .filter((conversion) => conversion.function === 'none')
    .map(({ field }) => field.name);
  const conversions = command.conversions.flatMap((conversion) => {
    const { field, output } = conversion;
    if (!field.name.includes('*')) return [conversion];
    return row.names().flatMap((name) => {
      const stars = name.startsWith('_') || isChosen(left, name) ? undefined : matchStars(field.name, name);
      if (stars === undefined) return [];
      let index = 0;
      const target = output && { ...output, name: output.name.replace(/\*/g, () => stars[index++] ?? '') };
      return [{ ...conversion, field: { ...field, name }, output: target }];
    });
  });
  return conversions.reduce((made, { function: name, field, output }) => {
    const change = (text: string): string | number | undefined => {
      const number = numberIn(text);
      switch (name) {
        case 'ctime':
          return number === undefined ? text : formatTime(number, format);
        case 'mktime':
          return parseTime(text, format) ?? text;
        case 'num':
          return number;
        case 'auto':
        case 'none':
          return text;
        case 'rmcomma':
          return text.replaceAll(',', '');
        case 'rmunit':
          return /^[+-]?(?:\d+\.?\d*|\.\d+)/.exec(text)?.[0] ?? text;
        case 'dur2sec': {
          const [whole, days = '0', ...rest] = /^(?:(\d{1,9})\+)?(\d{1,9}):(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
          const [hours = '', minutes = '', seconds = ''] = rest;
          if (whole === undefined) return text;
          return Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
        }
        case 'mstime': {
          const [, minutes = '0', seconds] = /^(?:(\d{1,9}):)?(\d{1,9}(?:\.\d+)?)$/.exec(text) ?? [];
          return seconds === undefined ? text : Number(minutes) * 60 + Number(seconds);
        }
        case 'memk': {
          const [, size, unit = ''] = /^(\d+(?:\.\d*)?|\.\d+) *([kmg]?)$/i.exec(text) ?? [];
          const powers: Readonly<Record<string, number>> = { m: 1_024, g: 1_048_576 };
          return size === undefined ? text : Number(size) * (powers[unit.toLowerCase()] ?? 1);
        }
      }
    };
    const members = membersOf(made.get(field.name));
    if (members.length > 1) return refuse('convert of a field with several values');
    return made.with([[(output ?? field).name, members[0] === undefined ? undefined : change(members[0])]]);
  }, row);
}

const CUTOFF = 5_000;

/** Rule 15. */
function spath(command: SpathCommand, row: Row, settings: Settings): Row {
  const inputs = membersOf(row.get(command.input.name));
  if (command.path !== undefined) {
    const path = command.path.value;
    const found = fromMembers(inputs.flatMap((text) => membersOf(textAt(parseJson(text), path))));
    return found === undefined ? row : row.with([[command.output?.name ?? path, found]]);
  }
  return inputs.reduce((made, text) => {
    const characters = [...text];
    const isCut = settings.strict && characters.length > CUTOFF;
    const document = isCut ? parseJsonStart(characters.slice(0, CUTOFF).join('')) : parseJson(text);
    const names = [...fieldNames(document)].filter((name) => !name.startsWith('_'));
    return made.with(
      names.map((name) => [name, fromMembers([...membersOf(made.get(name)), ...membersOf(fieldOf(document, name))])]),
    );
  }, row);
}

/** Rule 38 and section 5.13. */
function locate(command: IplocationCommand, row: Row, { geo }: Settings): Row {
  const found = membersOf(row.get(command.field.name)).flatMap((address) => geo[address] ?? []);
  if (found.length === 0) return row;
  return row.with([
    ...(['City', 'Country', 'Region'] as const).map(
      (part) => [`${command.prefix}${part}`, fromMembers(found.map((location) => location[part] ?? ''))] as const,
    ),
    ...(['lat', 'lon'] as const).map(
      (part) =>
        [`${command.prefix}${part}`, fromMembers(found.map((location) => String(location[part] ?? '')))] as const,
    ),
  ]);
}
