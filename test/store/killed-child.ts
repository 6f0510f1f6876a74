/**
 * The process that tests kill: appends batches of rows for ever, loads many times a second, and prints the number of
 * every batch once it is acknowledged. Arguments: storage directory, number of the first batch, settings of the store
 * as JSON.
 */
import { writeSync } from 'node:fs';
import { openEventStore } from '../../src/store/event-store.ts';
import type { StoreSettings } from '../../src/store/settings.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { killBatch } from './kill-batch.ts';

const [directory = '', first = '0', settings = '{}'] = process.argv.slice(2);
const store = await openEventStore(
  {
    directory,
    loadIntervalMs: 20,
    segmentBytes: 40_000,
    checkpointBytes: 300_000,
    freeDiskBytes: 0,
    ...(JSON.parse(settings) as Partial<StoreSettings>),
  },
  { ...recordTelemetry(), clock: Date.now },
);

async function appendEvery(number: number, step: number): Promise<never> {
  for (let batch = number; ; batch += step) {
    await store.append(killBatch(batch));
    writeSync(1, `${batch}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map((lane) => appendEvery(Number(first) + lane, 4)));
