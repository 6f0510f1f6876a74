/** What the tests of the cold tier in a folder and of the one in a bucket share: their clock, rows, days and queries. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRow, SqlRow } from '../../src/component.ts';
import { checkSql } from '../../src/hunt/sql-guard.ts';
import { auditRow, logRow, type TestStore } from './store-fixture.ts';

export const day = 86_400_000;
/** Noon of the 17th. */
export const start = Date.UTC(2026, 10, 17, 12);
/** The stores' clock, milliseconds; tests set it. */
export const clock = { now: start };
export const context = { clock: () => clock.now };

/** An empty folder for a store, and the clock at the start. */
export function newStorage(): string {
  clock.now = start;
  return mkdtempSync(join(tmpdir(), 'pintail-cold-'));
}

/** An audit event and a log of now, loaded. */
export async function receive(opened: TestStore, id: string, given: Partial<AuditRow> = {}): Promise<void> {
  await opened.store.append({
    audit: [auditRow(id, { timeMicros: clock.now * 1000, ...given })],
    logs: [logRow(id, { timeMicros: clock.now * 1000, cluster: 'prod' })],
  });
  await opened.store.loaded();
}

/** Rows of the 17th, 18th, … as `day 0`, `day 1`, …; then it is so late that all but the last three are cold. */
export async function receiveDays(opened: TestStore, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await receive(opened, `day ${index}`);
    clock.now += day;
  }
  await opened.store.retain();
}

/** An audit row of now without a cluster that has a value of every type, and odd ones. */
export function fullRow(): AuditRow {
  return auditRow('full', {
    timeMicros: clock.now * 1000 + 1,
    cluster: null,
    index: 'main',
    resource: '{"k8s.cluster.name":"prod"}',
    attributes: '{"n":1.50}',
    level: 'Metadata',
    user: { username: 'ann', uid: null, groups: ['dev', 'a"b\n'] },
    sourceIPs: ['10.0.0.1', '::1'],
    objectRef: {
      resource: 'pods',
      namespace: 'default',
      name: 'p',
      uid: null,
      apiGroup: null,
      apiVersion: 'v1',
      resourceVersion: '12345678901234567890',
      subresource: 'exec',
    },
    responseStatus: { status: 'Failure', message: 'no', reason: 'Forbidden', code: 403 },
    requestReceivedMicros: clock.now * 1000 - 1,
    annotations: { 'authorization.k8s.io/decision': 'forbid', '': 'empty' },
    cloud: 'eks',
    event: '{"kind":"Event"}',
    _raw: 'text with "quotes", \\u0041, \u0000 and 🦆',
  });
}

/** Values and types of both tables. */
export function contents(opened: TestStore): Promise<readonly unknown[]> {
  return Promise.all([
    opened.loadedRows(`select "user".username, annotations from kube_audit order by _raw`),
    ...['kube_audit', 'logs'].flatMap((table) => [
      opened.loadedRows(`select * from ${table} order by _raw`),
      opened.loadedRows(`select column_name, column_type from (describe ${table})`),
    ]),
  ]);
}

/** The auditIDs in the order of their arrival. */
export async function ids(opened: TestStore, where = 'true'): Promise<readonly unknown[]> {
  const found = await opened.loadedRows(`select "auditID" from kube_audit where ${where} order by _indextime, 1`);
  return found.map(({ auditID }) => auditID);
}

export function rows(opened: TestStore, sql: string): Promise<readonly SqlRow[]> {
  return opened.store.database.read({ share: 'hunt' }, (connection) => connection.query(sql));
}

/** As `rows`, for SQL that the guard lets through. */
export function hunt(opened: TestStore, sql: string): Promise<readonly SqlRow[]> {
  return opened.store.database.read({ share: 'hunt' }, async (connection) => {
    await checkSql(connection, sql);
    return connection.query(sql);
  });
}
