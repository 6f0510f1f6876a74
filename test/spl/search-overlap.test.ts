/** What two search expressions prove about each other's events. */
import { describe, expect, test } from 'vitest';
import type { SearchExpression } from '../../src/spl/ast.ts';
import { DEFAULT_LIMITS } from '../../src/spl/limits.ts';
import { parse } from '../../src/spl/parser.ts';
import { isWithin, mayMatchOneEvent } from '../../src/spl/search-overlap.ts';
import { covers, overlaps } from '../../src/spl/wildcard-text.ts';

function terms(text: string): readonly SearchExpression[] {
  const [first] = parse(text, DEFAULT_LIMITS).search.commands;
  if (first?.kind !== 'SearchCommand' || first.expression === undefined) throw new Error(text);
  return first.expression.kind === 'SearchAnd' ? first.expression.operands : [first.expression];
}

describe('two expressions match no event together', () => {
  test.each([
    ['verb=get', 'verb=watch'],
    ['verb=GET', 'verb IN (watch, list)'],
    ['verb=get OR verb=list', 'verb=w*'],
    ['verb=get stage=Panic', 'verb=watch'],
    ['NOT verb=watch', 'verb=watch'],
    ['verb!=watch', 'verb=watch user.username=x'],
    ['NOT (verb=watch OR verb=list)', 'verb=list'],
    ['NOT verb IN (get, w*)', 'verb=watch'],
    ['NOT user.groups{}=system:nodes', 'user.groups{}=system:nodes'],
    ['dataset=kube_audit', 'dataset=logs'],
    ['dataset=kube_audit objectRef.resource=pods', 'requestURI IN (/healthz*, /readyz*)'],
    ['dataset=eks user=alice', 'dataset=eks user=bob'],
    ['x=a*b', 'x=b*a'],
    ['x=*', 'NOT x=*'],
  ])('%s | %s', (one, other) => {
    expect(mayMatchOneEvent(terms(one), terms(other))).toBe(false);
    expect(mayMatchOneEvent(terms(other), terms(one))).toBe(false);
  });
});

describe('two expressions may match one event', () => {
  test.each([
    ['verb=get', 'user.username=x'],
    ['verb=g*', 'verb=*t'],
    ['verb=get OR stage=Panic', 'verb=watch'],
    ['user.groups{}=a', 'user.groups{}=b'],
    ['user.groups{}!=a', 'user.groups{}=a'],
    ['NOT verb=w*', 'verb=*'],
    ['sourceIPs{}=10.0.0.0/8', 'sourceIPs{}=10.1.1.1'],
    ['x=10.0.0.0/8', 'x=10.1.1.1'],
    ['dataset=kube_audit', 'verb=watch'],
    ['dataset=eks user=alice', 'user=bob'],
    ['dataset=logs objectRef.name=x', 'requestURI=/healthz'],
    ['objectRef.name=x', 'requestURI=/healthz'],
    ['dataset=aks objectRef.name=x', 'dataset=kube_audit requestURI=/healthz'],
    ['watch', 'NOT get'],
    ['count>5', 'count=3'],
    ['a [makeresults | fields x]', 'x=1'],
  ])('%s | %s', (one, other) => {
    expect(mayMatchOneEvent(terms(one), terms(other))).toBe(true);
    expect(mayMatchOneEvent(terms(other), terms(one))).toBe(true);
  });

  test("where a name is not the events' own to one of them", () => {
    expect(mayMatchOneEvent(terms('verb=get'), terms('verb=watch'), new Set(['verb']))).toBe(true);
  });
});

test.each([
  ['dataset=kube_audit verb=get', 'verb=*', true],
  ['dataset=kube_audit verb=get', 'dataset=kube_audit', true],
  ['verb=get', 'dataset=kube_audit', false],
  ['dataset=kube_audit verb=get', 'dataset=eks', false],
  ['verb=get', 'verb=get stage=Panic', false],
  ['verb=get stage=Panic', 'stage=P* OR verb=x', true],
  ['verb=get', 'NOT verb=watch', true],
  ['verb=get', 'NOT watch', false],
])('all events of %s are among those of %s: %s', (one, other, expected) => {
  expect(isWithin(terms(one), terms(other))).toBe(expected);
});

test('many terms prove nothing in bounded time', () => {
  const many = Array.from({ length: 400 }, (_, index) => `(a${index}=x OR b${index}=y)`).join(' ');
  expect(mayMatchOneEvent(terms(many), terms(many))).toBe(true);
});

test('wildcards against a slow and certain reading', () => {
  const words = ['', 'a', 'b', 'ab', 'ba', 'aa', 'abb', 'bab', 'aab'];
  const patterns = ['*', 'a', 'a*', '*a', 'a*b', '*b*', 'ab*', '*ab', 'b*a', 'a*a*', ''];
  const fits = (pattern: string, word: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(word);
  for (const one of patterns) {
    for (const other of patterns) {
      const both = words.some((word) => fits(one, word) && fits(other, word));
      if (both) expect([one, other, overlaps(one, other)]).toEqual([one, other, true]);
      if (covers(one, other)) {
        expect(words.filter((word) => fits(other, word) && !fits(one, word))).toEqual([]);
      }
    }
  }
  expect(overlaps('a*b', 'b*')).toBe(false);
  expect(overlaps('a*b', 'a*a')).toBe(false);
  expect(overlaps('*a', 'b*')).toBe(true);
  expect(covers('*', 'x*')).toBe(true);
  expect(covers('x', 'x*')).toBe(false);
});
