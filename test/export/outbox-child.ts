/**
 * A process to be killed: puts 60 transactions of 5 events into an outbox on disk, as a repeated run would from the
 * first on, and appends what leaves to a file. Prints a line per committed transaction, and `drained` at the end.
 * Arguments: database file, NDJSON file.
 */
import type { OutboundEvent } from '../../src/component.ts';
import { systemClock } from '../../src/export/clock.ts';
import { DurableOutbox } from '../../src/export/durable-outbox.ts';
import { createFileDestination } from '../../src/export/file/file-destination.ts';
import { DEFAULT_RETRY } from '../../src/export/settings.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { openTestDatabase } from '../support/test-database.ts';

const [databasePath = '', filePath = ''] = process.argv.slice(2);
const database = await openTestDatabase(databasePath);
const { logger, metrics } = recordTelemetry();
const batch = { maxEvents: 7, maxBytes: 1_048_576 };
const file = createFileDestination({ name: 'file', path: filePath, retry: DEFAULT_RETRY, batch }, process.stdout);
const outbox = new DurableOutbox({
  database,
  destinations: [file],
  clock: systemClock,
  random: Math.random,
  logger,
  metrics,
});
await outbox.start();
for (let transaction = 0; transaction < 60; transaction += 1) {
  const events = Array.from({ length: 5 }, (_, index): OutboundEvent => {
    const eventId = String(transaction * 5 + index);
    return { eventId, kind: 'risk', time: 1, source: 'Rule', severityNumber: 9, body: eventId, attributes: {} };
  });
  await database.write((connection) => outbox.enqueue(connection, events));
  outbox.wake();
  process.stdout.write(`committed ${transaction}\n`);
}
while ((await database.query('select 1 from outbox limit 1')).length > 0) await new Promise(setImmediate);
await outbox.shutdown();
await database.close();
process.stdout.write('drained\n');
