/**
 * The process that `cold-kills.ts` kills: its clock runs a day in a few hundred milliseconds, and each day goes to
 * the cold tier as soon as it has ended. Prints the number of every batch once it is acknowledged. Arguments: storage
 * directory, number of the first batch, time at which its clock begins, the cold tier's place as JSON.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openEventStore } from '../../src/store/event-store.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { killBatch } from './kill-batch.ts';

const [directory = '', first = '0', clock = '0', place = '{}'] = process.argv.slice(2);
const day = 86_400_000;
const started = performance.now();
const store = await openEventStore(
  {
    directory,
    loadIntervalMs: 20,
    segmentBytes: 40_000,
    checkpointBytes: 300_000,
    freeDiskBytes: 0,
    cold: { afterMs: 0, directory: join(directory, 'cold'), ...JSON.parse(place) },
    retentionMs: 100_000 * day,
    retentionIntervalMs: 1,
  },
  { ...recordTelemetry(), clock: () => Number(clock) + Math.floor((performance.now() - started) * (day / 200)) },
);

for (let batch = Number(first); ; batch += 1) {
  await store.append(killBatch(batch));
  writeSync(1, `${batch}\n`);
}
