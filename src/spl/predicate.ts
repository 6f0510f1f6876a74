/**
 * Search expressions to conditions. Values are compared as text without regard to case, `*` matches any run; only `<` and its kin
 * compare numbers, where both sides are numbers. A field that is absent satisfies no comparison, and so every NOT of one.
 */
import type {
  FieldName,
  SearchComparison,
  SearchExpression,
  SearchOperator,
  SearchSubsearch,
  SearchValue,
} from './ast.ts';
import { SplError } from './diagnostics.ts';
import { and, binary, call, type Expression, FALSE, isNotNull, number, or, TRUE, text, when } from './expression.ts';
import { parseKeyword } from './keyword.ts';
import type { Span } from './source.ts';
import { endsInReturn } from './subsearch-term.ts';
import { anyMember, asNumber, asText, type Value } from './value.ts';

export interface SearchReader {
  read(field: FieldName): Value;
  /** The text of the event, where there is one. */
  raw(): Expression | undefined;
  /** A term that looks into the rows of another search. */
  subsearch(use: SubsearchUse): Expression;
}

export interface SubsearchUse {
  readonly subsearch: SearchSubsearch;
  /** It stands right behind NOT. */
  readonly isNegated: boolean;
}

/** A condition that is true where the row matches; false or null where it does not. */
export function lowerSearch(expression: SearchExpression, reader: SearchReader): Expression {
  switch (expression.kind) {
    case 'SearchAnd':
      return and(expression.operands.map((operand) => lowerSearch(operand, reader)));
    case 'SearchOr':
      return or(expression.operands.map((operand) => lowerAlternative(operand, reader)));
    case 'SearchNot': {
      const inner = expression.operand;
      const operand =
        inner.kind === 'SearchSubsearch'
          ? reader.subsearch({ subsearch: inner, isNegated: true })
          : lowerSearch(inner, reader);
      if (operand.op === 'boolean') return operand.value ? FALSE : TRUE;
      return operand.op === 'isNotNull' ? { op: 'isNull', operand: operand.operand } : { op: 'isNotTrue', operand };
    }
    case 'SearchComparison':
      return lowerComparison(expression, reader.read(expression.field));
    case 'SearchIn': {
      return isAmong(reader.read(expression.field), expression.values);
    }
    case 'SearchKeyword':
      return lowerKeyword(expression.text, reader.raw(), expression);
    case 'SearchSubsearch':
      return reader.subsearch({ subsearch: expression, isNegated: false });
    case 'SearchTime':
    case 'SearchDataset':
      throw new SplError(
        'SPL307',
        `${expression.kind === 'SearchTime' ? expression.bound : 'dataset'}: expected at the top of the first search, found elsewhere.`,
        expression.span,
        'Put it beside the other terms of the first search, not under NOT, OR or in a later command.',
      );
  }
}

/** Where `return` leaves nothing, OR would have nothing on that side. */
function lowerAlternative(operand: SearchExpression, reader: SearchReader): Expression {
  if (operand.kind !== 'SearchSubsearch' || !endsInReturn(operand.search)) return lowerSearch(operand, reader);
  throw new SplError(
    'SPL316',
    'search: expected a subsearch beside OR that ends with fields, found one that ends with return.',
    operand.span,
    'Where it finds nothing, return leaves no term there.',
  );
}

function lowerComparison(comparison: SearchComparison, value: Value): Expression {
  return compare(value, comparison.operator, comparison.value);
}

function compare(value: Value, operator: SearchOperator, item: SearchValue): Expression {
  if (value.kind === 'null') return FALSE;
  if (/^\*+$/.test(item.text) && (operator === '=' || operator === '!=')) {
    return operator === '=' ? isNotNull(value.expression) : FALSE;
  }
  if (value.kind === 'list') {
    return anyMember(value.expression, (member) => compareScalar({ kind: 'text', expression: member }, operator, item));
  }
  return compareScalar(value, operator, item);
}

/** Plain texts in one list, which DuckDB looks up at once; wildcards and networks one by one. */
function isAmong(value: Value, items: readonly SearchValue[]): Expression {
  if (value.kind === 'null') return FALSE;
  if (value.kind === 'list') {
    const isAny = items.find((item) => /^\*+$/.test(item.text));
    if (isAny !== undefined) return compare(value, '=', isAny);
    return anyMember(value.expression, (member) => isAmong({ kind: 'text', expression: member }, items));
  }
  const isPlain = (item: SearchValue): boolean => !item.text.includes('*') && !isNetwork(item.text);
  const isText = value.kind === 'text' && value.whole === undefined;
  const plain = items.filter((item) => isText && isPlain(item));
  const others = items.filter((item) => !isText || !isPlain(item)).map((item) => compare(value, '=', item));
  if (plain.length < 2) return or(items.map((item) => compare(value, '=', item)));
  const values = plain.map((item) => foldedLiteral(item.text));
  return or([{ op: 'in', operand: folded(asText(value)), values }, ...others]);
}

function compareScalar(value: Value, operator: SearchOperator, item: SearchValue): Expression {
  const literal = item.text;
  if (operator === '=' || operator === '!=') {
    const same = equals(value, literal);
    return operator === '=' ? same : negate(same);
  }
  if (literal.includes('*')) {
    throw new SplError(
      'SPL205',
      `search: expected a value to compare with, found the wildcard "${literal}".`,
      item.span,
    );
  }
  // Both sides are compared in lower case: the order of letters does not depend on their case.
  const byText = binary(operator, folded(asText(value)), foldedLiteral(literal));
  if (!isNumeric(literal)) return byText;
  const byNumber = binary(operator, asNumber(value), number(Number(literal)));
  if (value.kind === 'number' || (value.kind === 'text' && value.whole !== undefined)) return byNumber;
  return when(isNotNull(asNumber(value)), byNumber, byText);
}

function negate(same: Expression): Expression {
  if (same.op === 'binary' && same.operator === '=') return { ...same, operator: '<>' };
  return { op: 'not', operand: same };
}

function equals(value: Value, literal: string): Expression {
  if (literal.includes('*')) return matchesWildcard(asText(value), literal);
  const whole =
    value.kind === 'text'
      ? value.whole
      : value.kind === 'number' && value.whole === true
        ? value.expression
        : undefined;
  if (whole !== undefined && /^(?:0|-?[1-9]\d{0,14})$/.test(literal))
    return binary('=', whole, number(Number(literal)));
  const same = binary('=', folded(asText(value)), foldedLiteral(literal));
  return isNetwork(literal) ? or([same, call('spl_in_network', asText(value), text(literal))]) : same;
}

/** In the plainest form that DuckDB has: it answers a prefix, suffix or infix much faster than a pattern. */
function matchesWildcard(value: Expression, literal: string): Expression {
  const subject = folded(value);
  const parts = literal.split(/\*+/);
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  const inner = parts.slice(1, -1);
  if (inner.length === 0 && last === '') return call('starts_with', subject, foldedLiteral(first));
  if (inner.length === 0 && first === '') return call('ends_with', subject, foldedLiteral(last));
  if (inner.length === 1 && first === '' && last === '')
    return call('contains', subject, foldedLiteral(inner[0] ?? ''));
  return likePattern(subject, parts);
}

/** `%` and `_` are ordinary in SPL, so a value that holds them needs an escape in LIKE. */
function likePattern(subject: Expression, parts: readonly string[]): Expression {
  const escaped = parts.some((part) => /[%_]/.test(part));
  const written = parts.map((part) => (escaped ? part.replace(/[\\%_]/g, '\\$&') : part));
  return { op: 'like', operand: subject, pattern: foldedLiteral(written.join('%')), escaped };
}

function lowerKeyword(keyword: string, raw: Expression | undefined, at: { readonly span: Span }): Expression {
  if (/^\*+$/.test(keyword)) return TRUE;
  if (raw === undefined) {
    throw new SplError(
      'SPL309',
      `search: expected a comparison, found the words "${keyword}", and there is no _raw here to look for them in.`,
      at.span,
      'Full text can be searched only before stats, table or fields drop _raw.',
    );
  }
  const { part, pattern } = parseKeyword(keyword);
  return and([
    call('contains', folded(raw), foldedLiteral(part)),
    pattern === undefined ? TRUE : call('regexp_matches', folded(raw), text(pattern)),
  ]);
}

function folded(expression: Expression): Expression {
  return call('lower', expression);
}

/** DuckDB folds what JavaScript might fold differently. */
function foldedLiteral(literal: string): Expression {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant
  return /^[\u0000-\u007f]*$/.test(literal) ? text(literal.toLowerCase()) : call('lower', text(literal));
}

export function isNumeric(literal: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(literal) && Number.isFinite(Number(literal));
}

/** Whether a value is also a network to look in, besides a text. */
export function isNetwork(literal: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/.test(literal) || /^[0-9a-f:]*:[0-9a-f:.]*\/\d{1,3}$/i.test(literal);
}
