/**
 * bin, bucket: puts numbers or times into ranges.
 *
 *   bin [span=<length> | bins=<int> minspan=<length> start=<number> end=<number>] [aligntime=<time>] <field> [AS <field>]
 *
 * A time with a length of time (`5m`, `100ms`, `1d`, `1w@w1`, `1mon`) goes down to the start of its range, counted from the epoch or
 * from `aligntime=`, in UTC. Any other number becomes the text `<from>-<to>`: with a width its multiples, with `2log5` from 2 times
 * a power of 5 to 2 times the next. Without `span`, `_time` has ranges as timechart has them, any other field the smallest power of
 * ten of which at most `bins=` (100) ranges hold all values. What is no number stays as it is.
 *
 * Not supported: weeks without a weekday.
 */
import type { Arguments, Option } from '../arguments.ts';
import type { AutomaticSpan, BinCommand, BinSize, StringLiteral } from '../ast.ts';
import { besideRow } from '../beside.ts';
import { parseLogarithm, parseSize, parseSubseconds, parseWeek, SECONDS } from '../bin-size.ts';
import { alignedFloor, alignmentOf, floorTime } from '../bin-time.ts';
import { automaticRange, logarithmicRange, range, widthNode } from '../bin-width.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, column, isNotNull, list, number, when } from '../expression.ts';
import type { Output, Relation } from '../relation.ts';
import { bucketStart } from '../time-bucket.ts';
import { STEP, stepNode } from '../time-bucket-step.ts';
import { asNumber, asText, commonKind, listValue, numberValue, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['span', 'bins', 'minspan', 'start', 'end', 'aligntime'];
const DEFAULT_BINS = 100;

export const bin: CommandSpec<BinCommand> = {
  kind: 'BinCommand',
  names: ['bin', 'bucket'],

  parse(input) {
    const options = new Map<string, Option>();
    let field: BinCommand['field'] | undefined;
    let output: BinCommand['output'];
    while (!input.isEnd()) {
      const option = input.optionalOption(OPTIONS);
      if (option !== undefined) options.set(option.name, option);
      else if (field === undefined) field = input.expectPlainField();
      else if (input.optionalWord('as') !== undefined) output = input.expectPlainField();
      else throw input.context.unexpected('bin', 'AS or the end', input.context.peek('arguments'));
    }
    if (field === undefined) throw input.missing('a field');
    const isTime = field.name === '_time';
    const span = options.get('span');
    const automatic = automaticSpan(input, options, isTime);
    const size = span === undefined ? automatic : parseSpan(input, span);
    const align = alignTime(options.get('aligntime'), size, isTime);
    return { kind: 'BinCommand', span: input.span, name: input.command, field, output, size, align };
  },

  demand(command, demand) {
    const target = command.output?.name ?? command.field.name;
    return wants(demand, target) ? need(without(demand, [target]), [command.field.name]) : demand;
  },

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    const { size } = command;
    if (value.kind === 'null' || !scope.wants(command.output?.name ?? command.field.name)) return input;
    if (size.kind === 'automatic') return lowerAutomatic(command, size, value, input, scope);
    return scope.extend(input, [outputOf(command, value, binned(command, size, value, scope))]);
  },
};

function parseSpan(input: Arguments, option: Option): BinSize {
  return (
    parseLogarithm(input, option) ??
    parseSubseconds(input, option) ??
    parseWeek(input, option) ??
    parseSize(option.value, 'bin')
  );
}

function automaticSpan(input: Arguments, options: ReadonlyMap<string, Option>, isTime: boolean): AutomaticSpan {
  const bins = options.get('bins');
  const [start, end] = ['start', 'end'].map((name) => extent(input, options.get(name), isTime));
  return {
    kind: 'automatic',
    most: bins === undefined ? DEFAULT_BINS : input.integer(bins, 1),
    least: leastSpan(input, options.get('minspan'), isTime),
    start,
    end,
  };
}

function leastSpan(input: Arguments, option: Option | undefined, isTime: boolean): AutomaticSpan['least'] {
  if (option === undefined) return undefined;
  const size = parseSize(option.value, 'bin');
  if (!isTime && size.kind === 'number') return size;
  if (isTime && size.kind === 'time' && size.unit in SECONDS) return size;
  throw input.misfit(option, isTime ? 'seconds, minutes, hours or days' : 'a width');
}

function extent(input: Arguments, option: Option | undefined, isTime: boolean): number | undefined {
  if (option === undefined) return undefined;
  if (isTime) {
    throw new SplError('SPL316', `bin: expected ${option.name}= of a field of numbers, found _time.`, option.span);
  }
  if (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(option.value.text)) return Number(option.value.text);
  throw input.misfit(option, 'a number');
}

function alignTime(option: Option | undefined, size: BinSize, isTime: boolean): StringLiteral | undefined {
  if (option === undefined) return undefined;
  const isOfTime = size.kind === 'automatic' ? isTime : size.kind !== 'number' && size.kind !== 'logarithmic';
  if (isOfTime) return { kind: 'StringLiteral', span: option.value, value: option.value.text };
  throw new SplError('SPL316', 'bin: expected aligntime= with ranges of time, found ranges of numbers.', option.span);
}

function outputOf(command: BinCommand, value: Value, made: Value): Output {
  const kept = keeping(value, made);
  return { name: command.output?.name ?? command.field.name, value: kept, kind: commonKind([kept]), certain: false };
}

/** What was made of a number, or the value that is none: text, or several values. */
function keeping(value: Value, made: Value): Value {
  const written = made.kind === 'number' ? call('spl_number_text', made.expression) : made.expression;
  if (value.kind === 'list') return listValue(when(isNotNull(written), list([written]), value.expression));
  return value.kind === 'text' && made.kind === 'number' ? textValue(call('coalesce', written, asText(value))) : made;
}

function binned(command: BinCommand, size: Exclude<BinSize, AutomaticSpan>, value: Value, scope: CommandScope): Value {
  switch (size.kind) {
    case 'number':
      return range(value, size.width);
    case 'logarithmic':
      return logarithmicRange(value, size);
    default:
      return numberValue(floorTime(asNumber(value), size, alignmentOf(command.align, scope)));
  }
}

/** The length of ranges stands in a row of its own, worked out before any value is put into one. */
function lowerAutomatic(
  command: BinCommand,
  size: AutomaticSpan,
  value: Value,
  input: Relation,
  scope: CommandScope,
): Relation {
  const isTime = command.field.name === '_time';
  const seconds = size.least?.kind === 'time' ? size.least.count * SECONDS[size.least.unit as keyof typeof SECONDS] : 0;
  const buckets = { kind: 'automatic', most: size.most, least: seconds } as const;
  const row = isTime
    ? stepNode(buckets, input.node, asNumber(value), scope)
    : widthNode(size, input.node, asNumber(value), scope);
  const keep = (name: string): boolean => scope.wants(name) || name === command.field.name;
  const joined = besideRow(input, row, [isTime ? STEP : 'width'], keep, scope);
  const taken = column(joined.names[0] ?? '');
  const own = scope.read(joined.relation, command.field);
  if (!isTime) return scope.extend(joined.relation, [outputOf(command, own, automaticRange(own, taken))]);
  const align = alignmentOf(command.align, scope);
  const start = bucketStart(buckets, asNumber(own), taken);
  const isShort = binary('<', taken, number(SECONDS.d));
  const made = align === undefined ? start : when(isShort, alignedFloor(asNumber(own), taken, align), start);
  return scope.extend(joined.relation, [outputOf(command, own, numberValue(made))]);
}
