/** Eval expressions to values and conditions. */
import type { Assignment, EvalExpression, EvalSearch, FieldReference } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { add, calculate, compareValues, isAmong } from './compare.ts';
import { atSpan, SplError } from './diagnostics.ts';
import type { EvalContext } from './eval-context.ts';
import { and, binary, call, type Expression, FALSE, NULL, or, TRUE } from './expression.ts';
import { findFunction, functionNames, UNSUPPORTED_FUNCTIONS } from './functions/index.ts';
import { lowerSearch } from './predicate.ts';
import type { Relation } from './relation.ts';
import { suggest } from './suggestion.ts';
import { asNumber, asText, booleanValue, literalNumber, literalText, type Value } from './value.ts';

/** A condition: true, false or null. */
export function lowerCondition(expression: EvalExpression, input: Relation, scope: CommandScope): Expression {
  return contextOf(input, scope).condition(expression);
}

export function lowerValue(expression: EvalExpression, input: Relation, scope: CommandScope): Value {
  return contextOf(input, scope).value(expression);
}

/** What `eval field = expression` puts into the field. A boolean cannot be put anywhere. */
export function lowerAssigned(assignment: Assignment, input: Relation, scope: CommandScope): Value {
  const value = lowerValue(assignment.value, input, scope);
  if (value.kind !== 'boolean') return value;
  throw new SplError(
    'SPL305',
    `eval: expected a value, found a condition; a field cannot hold true or false.`,
    assignment.value.span,
    `Write if(…, "true", "false").`,
  );
}

/** The expression over fields that `read` finds, instead of those of a relation. */
export function evaluateWith(
  expression: EvalExpression,
  read: (field: FieldReference) => Value,
  scope: CommandScope,
): Value {
  return contextWith(read, scope).value(expression);
}

function contextOf(input: Relation, scope: CommandScope): EvalContext {
  return contextWith(({ name, span }) => scope.read(input, { kind: 'FieldName', span, name }), scope);
}

function contextWith(
  read: (field: FieldReference) => Value,
  scope: CommandScope,
  bound: ReadonlyMap<string, Value> = new Map(),
): EvalContext {
  const context: EvalContext = {
    scope,
    read: (field) => bound.get(field.name) ?? read(field),
    value: (expression) => evaluate(expression, context),
    condition(expression) {
      const value = evaluate(expression, context);
      if (value.kind === 'boolean') return value.expression;
      if (value.kind === 'null') return NULL;
      throw new SplError('SPL305', 'expression: expected a condition, found a value.', expression.span);
    },
    bind: (name, value) => contextWith(read, scope, new Map([...bound, [name, value]])),
  };
  return context;
}

function evaluate(expression: EvalExpression, context: EvalContext): Value {
  switch (expression.kind) {
    case 'NumberLiteral':
      return literalNumber(Number(expression.text));
    case 'StringLiteral':
      return literalText(expression.value);
    case 'FieldReference':
      return context.read(expression);
    case 'Call':
      return evaluateCall(expression, context);
    case 'Unary':
      if (expression.operator === 'not') {
        return booleanValue({ op: 'not', operand: context.condition(expression.operand) });
      }
      return negated(context.value(expression.operand));
    case 'EvalIn': {
      const values = expression.values.map((item) => context.value(item));
      return booleanValue(isAmong(context.value(expression.operand), values));
    }
    case 'EvalSearch':
      return booleanValue(atSpan(expression.span, () => searched(expression, context)));
    case 'Binary':
      return evaluateBinary(expression, context);
  }
}

/** Never unknown, as a search expression is not. */
function searched({ expression, span }: EvalSearch, context: EvalContext): Expression {
  if (expression === undefined) return TRUE;
  const read = (name: string): Value => context.read({ kind: 'FieldReference', span, name });
  const found = lowerSearch(expression, {
    read: ({ name }) => read(name),
    raw: () => {
      const raw = read('_raw');
      return raw.kind === 'null' ? undefined : asText(raw);
    },
    subsearch: () => {
      throw new Error('searchmatch: expected the parser to have refused subsearches.');
    },
  });
  return found.op === 'boolean' ? found : call('coalesce', found, FALSE);
}

function negated(value: Value): Value {
  if (value.kind === 'number' && value.literal !== undefined) return literalNumber(-value.literal);
  return { kind: 'number', expression: { op: 'negate', operand: asNumber(value) } };
}

function evaluateBinary(expression: Extract<EvalExpression, { kind: 'Binary' }>, context: EvalContext): Value {
  const { operator, left, right } = expression;
  switch (operator) {
    case 'and':
      return booleanValue(and([context.condition(left), context.condition(right)]));
    case 'or':
      return booleanValue(or([context.condition(left), context.condition(right)]));
    case 'xor':
      return booleanValue(binary('<>', context.condition(left), context.condition(right)));
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'like':
      return booleanValue(compareValues(operator, context.value(left), context.value(right)));
    case '+':
      return add(operandsOfSum(expression).map((side) => operandValue(side, operator, context)));
    case '-':
    case '*':
    case '/':
    case '%':
    case '.':
      return calculate(operator, operandValue(left, operator, context), operandValue(right, operator, context));
  }
}

/** `a + b + c` leans to the left: its operands in order. */
function operandsOfSum(expression: EvalExpression): readonly EvalExpression[] {
  const operands: EvalExpression[] = [];
  let rest = expression;
  while (rest.kind === 'Binary' && rest.operator === '+') {
    operands.push(rest.right);
    rest = rest.left;
  }
  return [rest, ...operands.reverse()];
}

function operandValue(side: EvalExpression, operator: string, context: EvalContext): Value {
  const value = context.value(side);
  if (value.kind !== 'boolean') return value;
  throw new SplError('SPL305', `${operator}: expected a value, found a condition.`, side.span);
}

function evaluateCall(call: Extract<EvalExpression, { kind: 'Call' }>, context: EvalContext): Value {
  const spec = findFunction(call.name);
  if (spec === undefined) {
    if (UNSUPPORTED_FUNCTIONS.has(call.name)) {
      throw new SplError(
        'SPL302',
        `${call.name}(): this function is not supported.`,
        call.nameSpan,
        'docs/spl.md lists what is.',
      );
    }
    throw new SplError(
      'SPL301',
      `expression: expected a function, found "${call.name}".`,
      call.nameSpan,
      suggest(call.name, [...functionNames(), ...UNSUPPORTED_FUNCTIONS]),
    );
  }
  const count = call.arguments.length;
  if (count < spec.least || count > spec.most) {
    const expected =
      spec.least === spec.most
        ? String(spec.least)
        : spec.most === Number.POSITIVE_INFINITY
          ? `at least ${spec.least}`
          : `${spec.least} to ${spec.most}`;
    throw new SplError(
      'SPL303',
      `${call.name}(): expected ${expected} ${expected === '1' ? 'argument' : 'arguments'}, found ${count}.`,
      call.span,
    );
  }
  return spec.lower(call, context);
}
