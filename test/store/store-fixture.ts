/** Rows and stores for the tests of the store. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRow, LogRow, NormalizedBatch, SqlRow } from '../../src/component.ts';
import { type DuckdbEventStore, openEventStore } from '../../src/store/event-store.ts';
import type { StoreSettings } from '../../src/store/settings.ts';
import type { StoreContext } from '../../src/store/store-context.ts';
import { type RecordedTelemetry, recordTelemetry } from '../support/recorded-telemetry.ts';

/** 2026-03-01T12:00:00Z. */
export const noonMicros = Date.UTC(2026, 2, 1, 12) * 1000;

/** An audit row whose text, identity and auditID follow from `id`; what is not given is absent. */
export function auditRow(id: string, given: Partial<AuditRow> = {}): AuditRow {
  const _raw = given._raw ?? JSON.stringify({ kind: 'Event', auditID: id, verb: 'get' });
  return {
    timeMicros: noonMicros,
    hasOwnTime: true,
    cluster: 'prod',
    index: null,
    source: null,
    sourcetype: null,
    host: null,
    resource: null,
    attributes: null,
    auditID: id,
    stage: 'ResponseComplete',
    level: null,
    verb: 'get',
    requestURI: null,
    userAgent: null,
    user: null,
    impersonatedUser: null,
    sourceIPs: null,
    objectRef: null,
    responseStatus: null,
    requestReceivedMicros: null,
    stageMicros: null,
    annotations: null,
    hasObjects: false,
    objectKeys: null,
    cloud: null,
    event: null,
    identity: createHash('md5').update(_raw).digest('hex'),
    ...given,
    _raw,
  };
}

export function logRow(text: string, given: Partial<LogRow> = {}): LogRow {
  return {
    timeMicros: noonMicros,
    hasOwnTime: true,
    cluster: null,
    index: null,
    source: null,
    sourcetype: null,
    host: null,
    resource: null,
    attributes: null,
    severityNumber: null,
    severityText: null,
    eventName: null,
    unreadable: null,
    identity: createHash('md5').update(text).digest('hex'),
    ...given,
    _raw: text,
  };
}

export function auditBatch(...rows: readonly AuditRow[]): NormalizedBatch {
  return { audit: rows, logs: [] };
}

export interface TestStore extends AsyncDisposable {
  readonly store: DuckdbEventStore;
  readonly directory: string;
  readonly telemetry: RecordedTelemetry;
  /** Rows of a query that runs after everything appended is loaded. */
  loadedRows(sql: string): Promise<readonly SqlRow[]>;
  /** Opens the same directory again with the same settings; the store must be shut down. */
  reopen(): Promise<TestStore>;
}

export interface TestStoreOptions {
  readonly settings?: Partial<StoreSettings>;
  readonly context?: Partial<StoreContext>;
  readonly directory?: string;
}

/** A store in a folder of its own. Loads, and lets go of what is old after its start, only when asked to: its own turns come once an hour. */
export async function openTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'pintail-store-'));
  const telemetry = recordTelemetry();
  const store = await openEventStore(
    { directory, loadIntervalMs: 3_600_000, retentionIntervalMs: 3_600_000, freeDiskBytes: 0, ...options.settings },
    { ...telemetry, clock: () => noonMicros / 1000 + 60_000, ...options.context },
  );
  return {
    store,
    directory,
    telemetry,
    async loadedRows(sql) {
      await store.loaded();
      return store.database.read({ share: 'service' }, (connection) => connection.query(sql));
    },
    reopen: () => openTestStore({ ...options, directory }),
    async [Symbol.asyncDispose]() {
      await store.shutdown();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A promise with its handles. */
export function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('expected a rejection, found success.');
    },
    (error: unknown) => error,
  );
}
