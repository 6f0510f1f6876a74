/**
 * bin, bucket: puts numbers or times into ranges.
 *
 *   bin [span=<length>] <field> [AS <field>]
 *
 * `_time` with a length of time (`5m`, `1h`, `1d`, `1mon`) goes down to the start of its range, counted from the epoch, in UTC. Any
 * other number with a width becomes the text `<from>-<to>`. What is no number stays as it is.
 *
 * Not supported: bins, minspan, start, end, aligntime, logarithmic spans, weeks, and a field without span.
 */
import type { BinCommand, BinSize } from '../ast.ts';
import { need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, cast, type Expression, isNotNull, number, text, when } from '../expression.ts';
import type { Output } from '../relation.ts';
import type { Token } from '../token.ts';
import { asNumber, asText, numberValue, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const UNSUPPORTED = ['bins', 'minspan', 'start', 'end', 'aligntime'];
export const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const UNITS: Readonly<Record<string, 's' | 'm' | 'h' | 'd' | 'mon' | 'q' | 'y'>> = {
  s: 's', sec: 's', secs: 's', second: 's', seconds: 's',
  m: 'm', min: 'm', mins: 'm', minute: 'm', minutes: 'm',
  h: 'h', hr: 'h', hrs: 'h', hour: 'h', hours: 'h',
  d: 'd', day: 'd', days: 'd',
  mon: 'mon', month: 'mon', months: 'mon',
  q: 'q', qtr: 'q', quarter: 'q', y: 'y', yr: 'y', year: 'y',
}; // biome-ignore format: a flat table

export const bin: CommandSpec<BinCommand> = {
  kind: 'BinCommand',
  names: ['bin', 'bucket'],

  parse(input) {
    let size: BinSize | undefined;
    let field: BinCommand['field'] | undefined;
    let output: BinCommand['output'];
    while (!input.isEnd()) {
      const option = input.optionalOption(['span'], UNSUPPORTED);
      if (option !== undefined) size = parseSize(option.value, 'bin');
      else if (field === undefined) field = input.expectPlainField();
      else if (input.optionalWord('as') !== undefined) output = input.expectPlainField();
      else throw input.context.unexpected('bin', 'AS or the end', input.context.peek('arguments'));
    }
    if (field === undefined) throw input.missing('a field');
    if (size === undefined) {
      throw new SplError(
        'SPL316',
        'bin: expected span=, found none; ranges of Splunk’s own choosing are not supported.',
        input.span,
      );
    }
    return { kind: 'BinCommand', span: input.span, name: input.command, field, output, size };
  },

  demand(command, demand) {
    const target = command.output?.name ?? command.field.name;
    return wants(demand, target) ? need(without(demand, [target]), [command.field.name]) : demand;
  },

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    if (value.kind === 'null') return input;
    const made = command.size.kind === 'time' ? floorTime(value, command.size) : range(value, command.size.width);
    const output: Output = {
      name: command.output?.name ?? command.field.name,
      value: made,
      kind: made.kind === 'number' ? 'number' : 'text',
      certain: false,
    };
    return scope.extend(input, [output]);
  },
};

/** `5m`, `1h`, `10`. */
export function parseSize(token: Token, command: string): BinSize {
  const [, digits = '', unit = ''] = /^(\d{0,9}(?:\.\d+)?)([a-z]*)$/i.exec(token.text) ?? [];
  const count = digits === '' ? 1 : Number(digits);
  const known = UNITS[unit.toLowerCase()];
  if (unit === '' && digits !== '' && count > 0) return { kind: 'number', width: count };
  if (known !== undefined && Number.isInteger(count) && count > 0) return { kind: 'time', count, unit: known };
  throw new SplError(
    'SPL205',
    `${command}: span: expected a length of time or a width, found "${token.text}".`,
    token,
    'Examples: span=5m, span=1h, span=1d, span=10.',
  );
}

function floorTime(value: Value, size: Extract<BinSize, { kind: 'time' }>): Value {
  const time = asNumber(value);
  if (size.unit === 's' || size.unit === 'm' || size.unit === 'h' || size.unit === 'd') {
    const seconds = number(size.count * SECONDS[size.unit]);
    return numberValue(binary('*', call('floor', binary('/', time, seconds)), seconds));
  }
  const months = size.count * (size.unit === 'mon' ? 1 : size.unit === 'q' ? 3 : 12);
  const bucket = call(
    'time_bucket',
    { op: 'interval', count: months, unit: 'month' },
    call('spl_timestamp', time),
    cast(text('1970-01-01'), 'timestamp'),
  );
  return numberValue(call('epoch', bucket));
}

function range(value: Value, width: number): Value {
  const given = asNumber(value);
  const from = binary('*', call('floor', binary('/', given, number(width))), number(width));
  const to: Expression = binary('+', from, number(width));
  const written = binary('||', binary('||', call('spl_number_text', from), text('-')), call('spl_number_text', to));
  return textValue(when(isNotNull(given), written, asText(value)));
}
