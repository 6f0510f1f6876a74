import { describe, expect, it, test } from 'vitest';
import { isAuditEvent, isEventList, readColumns } from '../../src/normalize/audit-event.ts';
import type { JsonObject } from '../../src/normalize/json-text.ts';

describe('isAuditEvent', () => {
  test.each<[string, JsonObject]>([
    ['an event of audit.k8s.io/v1', { kind: 'Event', apiVersion: 'audit.k8s.io/v1' }],
    ['an event of audit.k8s.io/v1beta1', { kind: 'Event', apiVersion: 'audit.k8s.io/v1beta1', verb: 'get' }],
    ['an event without apiVersion', { kind: 'Event', verb: 'get' }],
    ['an event with only objectRef', { kind: 'Event', objectRef: { resource: 'pods' } }],
    ['an item of an EventList, which has no kind', { level: 'Metadata', auditID: 'a', stage: 'Panic' }],
    ['an event whose kind has the wrong type', { kind: 5, apiVersion: 'audit.k8s.io/v1', verb: 'get' }],
    ['an event whose verb has the wrong type', { kind: 'Event', verb: 5 }],
  ])('takes %s', (_, value) => {
    expect(isAuditEvent(value)).toBe(true);
  });

  test.each<[string, JsonObject]>([
    ['a core event', { kind: 'Event', apiVersion: 'v1', involvedObject: {}, reason: 'Killing' }],
    ['a core event without apiVersion', { kind: 'Event', involvedObject: {}, stage: 'x', message: 'Killing' }],
    ['an events.k8s.io event', { kind: 'Event', apiVersion: 'events.k8s.io/v1', regarding: {} }],
    ['an audit policy', { kind: 'Policy', apiVersion: 'audit.k8s.io/v1', rules: [] }],
    ['an event of which nothing is said', { kind: 'Event' }],
    ['a kind that is a number', { kind: 0 }],
    ['an empty object', {}],
    ['an object that happens to have a verb', { verb: 'get', user: 'x' }],
    ['an auditID and nothing else', { auditID: 'a' }],
  ])('leaves %s', (_, value) => {
    expect(isAuditEvent(value)).toBe(false);
  });
});

describe('isEventList', () => {
  it('tells a list of audit events from one of core events', () => {
    const item = { auditID: 'a', stage: 'Panic' };
    expect(isEventList({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [null] })).toBe(true);
    expect(isEventList({ kind: 'EventList', items: [{}, item] })).toBe(true);
    expect(isEventList({ kind: 'EventList', apiVersion: 'v1', items: [item] })).toBe(false);
    expect(isEventList({ kind: 'EventList', items: [{ reason: 'Killing' }] })).toBe(false);
    expect(isEventList({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [] })).toBe(false);
  });
});

describe('readColumns', () => {
  it('takes numbers and booleans for text', () => {
    expect(readColumns({ verb: 5, level: true, stage: -1.5 })).toMatchObject({
      verb: '5',
      level: 'true',
      stage: '-1.5',
    });
  });

  it('takes no number whose digits were lost, and no object or list, for text', () => {
    expect(readColumns({ verb: 2 ** 64, level: {}, stage: ['a'], auditID: null })).toMatchObject({
      verb: null,
      level: null,
      stage: null,
      auditID: null,
    });
  });

  test.each([['x'], [7], [null], [[{ username: 'a' }]]])('takes no user from %j', (user) => {
    expect(readColumns({ user })).toMatchObject({ user: null });
  });

  test.each([
    [null, null],
    ['1.2.3.4', null],
    [{ 0: 'a' }, null],
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['a', null, 5, {}, 'b'],
      ['a', '5', 'b'],
    ],
    [[null, {}], null],
  ])('reads the list %j as %j', (list, expected) => {
    expect(readColumns({ sourceIPs: list, user: { groups: list } })).toMatchObject({
      sourceIPs: expected,
      user: { username: null, uid: null, groups: expected },
    });
  });

  test.each([
    [403, 403],
    ['403', 403],
    ['403 Forbidden', null],
    ['', null],
    [403.5, null],
    [1e300, null],
    ['9'.repeat(30), null],
    [true, null],
  ])('reads the code %j as %j', (code, expected) => {
    expect(readColumns({ responseStatus: { code } }).responseStatus?.code).toBe(expected);
  });

  it('keeps the annotations that are text and leaves out the rest', () => {
    expect(readColumns({ annotations: { a: 'b', n: 1, o: { p: 'q' }, z: null } }).annotations).toEqual({
      a: 'b',
      n: '1',
    });
    expect(readColumns({ annotations: {} }).annotations).toEqual({});
    expect(readColumns({ annotations: ['a'] }).annotations).toBeNull();
  });
});
