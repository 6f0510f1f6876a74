/** The times of the events that come with Pintail, and of those that tests and benchmarks make up. */
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { AuditEventGenerator } from '../../bench/audit-event-generator.ts';
import { loadTemplates } from '../../bench/audit-templates.ts';
import type { AuditRow } from '../../src/component.ts';
import { readRecordBatches } from '../../src/receive/file/index.ts';
import { auditEvents } from '../support/audit-events.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';
import { auditEvent } from '../support/running-service.ts';

const config = resolve(import.meta.dirname, '../../config');
const files = globSync('**/*.ndjson', { cwd: config }).sort();
const startMs = Date.UTC(2026, 0, 31, 23, 59, 59);

async function rowsOfFile(path: string): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const batch of readRecordBatches(path)) rows.push(...normalize(batch, { arrivalMicros: 1 }).audit);
  return rows;
}

function rowsOf(bodies: readonly string[]): readonly AuditRow[] {
  return normalize(recordBatch(bodies.map((body) => logRecord(body))), { arrivalMicros: 1 }).audit;
}

/** What API servers write: both times, the request before its stages. */
function expectTimes(rows: readonly AuditRow[]): void {
  expect(rows.length).toBeGreaterThan(0);
  const wrong = rows.filter(
    ({ requestReceivedMicros: received, stageMicros: staged }) =>
      received === null || staged === null || received > staged,
  );
  expect(wrong.map(({ _raw }) => _raw)).toEqual([]);
}

test.each(files)('every audit event of config/%s has times that can be read', async (file) => {
  expectTimes(await rowsOfFile(join(config, file)));
});

test('every audit event that tests make up has times that can be read', () => {
  expectTimes(rowsOf(auditEvents({ seed: 7, count: 2000, startMs })));
  expectTimes(rowsOf([JSON.stringify(auditEvent())]));
});

test('every audit event that benchmarks make up has times that can be read', () => {
  const { templates } = loadTemplates(undefined);
  // A rate that does not divide a second into whole microseconds.
  const generator = new AuditEventGenerator({ seed: 7, startMs, eventsPerSecond: 7_000, templates });
  expectTimes(rowsOf(Array.from({ length: 2000 }, () => generator.next())));
});
