/** Functions of eval and where: rules 45 to 48 and section 5.13. */
import type { Call, EvalExpression } from '../../../src/spl/ast.ts';
import { anyOf, compare, like } from './compare.ts';
import type { EvalFunction, EvalScope } from './eval-scope.ts';
import { type EvalValue, isLiteral, toField, toMembers, toNumber, toText, toTruth } from './eval-value.ts';
import { finite, fromMembers, numberIn } from './field-value.ts';
import { JSON_FUNCTIONS } from './json-functions.ts';
import { MULTIVALUE_FUNCTIONS } from './multivalue-functions.ts';
import { isInNetwork, isIpv4, parseNetwork } from './network.ts';
import { smallestOrLargest } from './order.ts';
import { toRegExp } from './pattern.ts';
import { refuse } from './refusal.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';
import { formatTime, parseTime, relativeTime } from './time.ts';

function ofNumber(change: (value: number) => number): EvalFunction {
  return ([value]) => {
    const number = toNumber(value);
    return number === undefined ? undefined : finite(change(number));
  };
}

function ofTwoNumbers(change: (left: number, right: number) => number): EvalFunction {
  return ([left, right]) => {
    const [a, b] = [toNumber(left), toNumber(right)];
    return a === undefined || b === undefined ? undefined : finite(change(a, b));
  };
}

const BITS = BigInt(Number.MAX_SAFE_INTEGER);

/** Of whole numbers from 0 to 2^53 - 1. */
function ofBits(change: (left: bigint, right: bigint) => bigint): EvalFunction {
  return (values) => {
    const numbers = values.map(toNumber);
    const isWhole = numbers.every((number) => number !== undefined && Number.isSafeInteger(number) && number >= 0);
    return isWhole ? Number(numbers.map((number) => BigInt(number ?? 0)).reduce(change)) : undefined;
  };
}

/** Functions that do not look at all their arguments first. */
const LAZY: Readonly<Record<string, (args: readonly EvalExpression[], scope: EvalScope) => EvalValue>> = {
  if: ([condition, yes, no], scope) =>
    chosen(evaluateAt(toTruth(evaluateAt(condition, scope)) === true ? yes : no, scope)),
  case: (args, scope) => {
    for (let at = 0; at + 1 < args.length; at += 2) {
      if (toTruth(evaluateAt(args[at], scope)) === true) return chosen(evaluateAt(args[at + 1], scope));
    }
    return undefined;
  },
  validate: (args, scope) => {
    for (let at = 0; at + 1 < args.length; at += 2) {
      if (toTruth(evaluateAt(args[at], scope)) === false) return chosen(evaluateAt(args[at + 1], scope));
    }
    return undefined;
  },
};

function evaluateAt(expression: EvalExpression | undefined, scope: EvalScope): EvalValue {
  return expression === undefined ? refuse('a call with too few arguments') : scope.evaluate(expression, scope);
}

/** A value that a function chose is like a field's: text that looks like a number is one, also where it was written. */
function chosen(value: EvalValue): EvalValue {
  return typeof value === 'boolean' ? value : toField(value);
}

const CONDITIONS: Readonly<Record<string, EvalFunction>> = {
  coalesce: (values) => chosen(values.find((value) => value !== undefined)),
  nullif: ([left, right]) => (compare('=', left, right) === true ? undefined : chosen(left)),
  in: ([operand, ...values]) => anyOf(values.map((value) => compare('=', operand, value))),
  isnull: ([value]) => value === undefined,
  isnotnull: ([value]) => value !== undefined,
  isnum: ([value]) => value !== undefined && toNumber(value) !== undefined,
  isstr: ([value]) => value !== undefined && toNumber(value) === undefined,
  typeof: ([value]) => {
    if (value === undefined) return 'Invalid';
    if (typeof value === 'boolean') return 'Boolean';
    if (toMembers(value).length > 1) return refuse('typeof of several values');
    return toNumber(value) === undefined ? 'String' : 'Number';
  },
  null: () => undefined,
  true: () => true,
  false: () => false,
  like: ([value, pattern]) => like(value, pattern),
  match: ([value, pattern]) => {
    if (!isLiteral(pattern)) return refuse('match with a pattern that is not written out');
    const expression = toRegExp(pattern.literal);
    const members = toMembers(value);
    return members.length === 0 ? undefined : members.some((member) => expression.test(member));
  },
  ipmask: ([mask, value]) => {
    const [bits, address] = [toText(mask), toText(value)].map((text) => (text === undefined ? [] : text.split('.')));
    if (bits?.length !== 4 || address?.length !== 4 || !isIpv4(address.join('.'))) return undefined;
    return address.map((part, index) => Number(part) & Number(bits[index])).join('.');
  },
  cidrmatch: ([network, value]) => {
    const [written, members] = [toText(network), toMembers(value)];
    if (written === undefined) return undefined;
    const parsed = parseNetwork(written);
    if (parsed === undefined) return isLiteral(network) ? refuse(`cidrmatch with "${written}"`) : undefined;
    return members.length === 0 ? undefined : members.some((member) => isInNetwork(member, parsed));
  },
};

const NUMBERS: Readonly<Record<string, EvalFunction>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  ceiling: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  exp: ofNumber(Math.exp),
  sqrt: ofNumber(Math.sqrt),
  ln: ofNumber(Math.log),
  log: ([value, base]) => {
    const [x, b] = [toNumber(value), base === undefined ? 10 : toNumber(base)];
    if (x === undefined || b === undefined) return undefined;
    return finite(b === 10 ? Math.log10(x) : Math.log(x) / Math.log(b));
  },
  pow: ofTwoNumbers((left, right) => left ** right),
  round: ([value, digits]) => {
    const [number, places] = [toNumber(value), digits === undefined ? 0 : toNumber(digits)];
    return number === undefined || places === undefined ? undefined : roundHalfUp(number, places);
  },
  bit_and: ofBits((left, right) => left & right),
  bit_or: ofBits((left, right) => left | right),
  bit_not: ([value, mask = Number.MAX_SAFE_INTEGER], scope) =>
    ofBits((left, right) => ~left & BITS & right)([value, mask], scope),
  bit_shift_left: ofBits((value, places) => (places >= 53n ? 0n : (value << places) & BITS)),
  bit_shift_right: ofBits((value, places) => value >> places),
  bit_xor: ofBits((left, right) => left ^ right),
  pi: () => Math.PI,
  sin: ofNumber(Math.sin),
  cos: ofNumber(Math.cos),
  tan: ofNumber(Math.tan),
  atan: ofNumber(Math.atan),
  asin: ofNumber(Math.asin),
  acos: ofNumber(Math.acos),
  sinh: ofNumber(Math.sinh),
  cosh: ofNumber(Math.cosh),
  tanh: ofNumber(Math.tanh),
  asinh: ofNumber(Math.asinh),
  acosh: ofNumber(Math.acosh),
  atanh: ofNumber(Math.atanh),
  hypot: ofTwoNumbers(Math.hypot),
  exact: ofNumber((value) => value),
  atan2: ofTwoNumbers(Math.atan2),
  min: (values) => smallestOrLargest('min', values.flatMap(orderable)),
  max: (values) => smallestOrLargest('max', values.flatMap(orderable)),
};

const TIMES: Readonly<Record<string, EvalFunction>> = {
  now: (_, { settings }) => settings.now,
  strftime: ([time, format]) => {
    const [seconds, written] = [toNumber(time), toText(format)];
    return seconds === undefined || written === undefined ? undefined : formatTime(seconds, written);
  },
  strptime: ([value, format]) => {
    const [text, written] = [toText(value), toText(format)];
    return text === undefined || written === undefined ? undefined : parseTime(text, written);
  },
  relative_time: ([time, modifier]) => {
    const [seconds, written] = [toNumber(time), toText(modifier)];
    return seconds === undefined || written === undefined ? undefined : relativeTime(seconds, written);
  },
};

const FUNCTIONS: ReadonlyMap<string, EvalFunction> = new Map(
  [CONDITIONS, JSON_FUNCTIONS, NUMBERS, TIMES, TEXT_FUNCTIONS, MULTIVALUE_FUNCTIONS].flatMap((functions) =>
    Object.entries(functions),
  ),
);

export function evalFunctionNames(): readonly string[] {
  return [...Object.keys(LAZY), ...FUNCTIONS.keys(), 'mvfilter', 'mvmap'];
}

export function callFunction({ name, arguments: args }: Call, scope: EvalScope): EvalValue {
  const lower = name.toLowerCase();
  const lazy = LAZY[lower];
  if (lazy !== undefined) return lazy(args, scope);
  if (lower === 'mvfilter' || lower === 'mvmap') return forEachMember(lower, args, scope);
  const found = FUNCTIONS.get(lower) ?? refuse(`the function ${name}`);
  return found(
    args.map((argument) => scope.evaluate(argument, scope)),
    scope,
  );
}

/** The expression over each member of the one field it reads. */
function forEachMember(name: 'mvfilter' | 'mvmap', args: readonly EvalExpression[], scope: EvalScope): EvalValue {
  const expression = args[name === 'mvmap' ? 1 : 0] ?? refuse(`${name} without an expression`);
  const field = name === 'mvmap' ? args[0] : args.flatMap(fieldsOf)[0];
  if (field?.kind !== 'FieldReference') return refuse(`${name} of something else than a field`);
  const results = toMembers(scope.row.get(field.name)).flatMap((member) => {
    const result = scope.evaluate(expression, { ...scope, row: scope.row.with([[field.name, member]]) });
    if (name === 'mvmap') return toMembers(result);
    return toTruth(result) === true ? [member] : [];
  });
  return fromMembers(results);
}

function fieldsOf(expression: EvalExpression): readonly EvalExpression[] {
  switch (expression.kind) {
    case 'FieldReference':
      return [expression];
    case 'Call':
      return expression.arguments.flatMap(fieldsOf);
    case 'Unary':
      return fieldsOf(expression.operand);
    case 'Binary':
      return [expression.left, expression.right].flatMap(fieldsOf);
    case 'EvalIn':
      return [expression.operand, ...expression.values].flatMap(fieldsOf);
    default:
      return [];
  }
}

/** A text written in the search is text, whatever it looks like. */
function orderable(value: EvalValue): readonly (string | number)[] {
  return isLiteral(value) ? [value.literal] : toMembers(value).map((member) => numberIn(member) ?? member);
}

/** By the decimal digits of the number, a half goes away from zero. */
export function roundHalfUp(value: number, places: number): number {
  if (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-6) return Math.abs(value) < 1e-6 && places < 6 ? 0 : value;
  const shifted = Number(`${Math.abs(value)}e${places}`);
  if (!Number.isFinite(shifted)) return value;
  return Math.sign(value) * Number(`${Math.floor(shifted + 0.5)}e${-places}`);
}
