import { describe, expect, test } from 'vitest';
import { call, column, isNotNull, text } from '../../src/spl/expression.ts';
import type { Aggregate, PlanNode, Project } from '../../src/spl/plan.ts';
import { isAlwaysPresent } from '../../src/spl/presence.ts';

const scan: PlanNode = {
  kind: 'Scan',
  label: 'search_1',
  legs: [{ table: 'kube_audit', columns: [{ name: 'verb', expression: column('verb') }], predicates: [] }],
};
const filled: Project = {
  kind: 'Project',
  label: 'fillnull_2',
  input: scan,
  columns: [
    { name: 'verb', expression: call('coalesce', column('verb'), text('0')) },
    { name: 'kind', expression: column('verb') },
  ],
};
const counted: Aggregate = {
  kind: 'Aggregate',
  label: 'stats_3',
  input: filled,
  predicates: [isNotNull(column('kind'))],
  keys: [
    { name: 'kind', expression: column('kind') },
    { name: 'verb', expression: column('verb') },
  ],
  aggregates: [{ name: 'count', expression: { op: 'aggregate', call: { name: 'count', arguments: [] } } }],
};

describe('a column is known to be there in every row', () => {
  test('never because data hold it', () => {
    expect(isAlwaysPresent(column('verb'), scan)).toBe(false);
  });

  test('where a literal stands in for what is missing, and through what keeps rows as they are', () => {
    const kept: PlanNode = { kind: 'Filter', label: 'where_3', input: filled, predicates: [isNotNull(column('kind'))] };
    expect(isAlwaysPresent(column('verb'), kept)).toBe(true);
    expect(isAlwaysPresent(column('kind'), filled)).toBe(false);
  });

  test('where the rows without it were dropped', () => {
    expect(isAlwaysPresent(column('kind'), counted)).toBe(true);
    expect(isAlwaysPresent(column('verb'), counted)).toBe(true);
    expect(isAlwaysPresent(column('count'), counted)).toBe(false);
  });

  test('not by the name of a column on the other side of a join', () => {
    expect(isAlwaysPresent(column('verb', 'join_4'), filled)).toBe(false);
  });
});
