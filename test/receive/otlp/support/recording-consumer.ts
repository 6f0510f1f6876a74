import type { Consumed, LogRecord, RecordBatch, RecordConsumer } from '../../../../src/component.ts';

/** Keeps what it is given; `answer` may be replaced to fail or to wait. */
export class RecordingConsumer implements RecordConsumer {
  readonly batches: RecordBatch[] = [];
  answer: (batch: RecordBatch) => Promise<Consumed> = async (batch) => acceptAll(batch);

  async consume(batch: RecordBatch): Promise<Consumed> {
    const consumed = await this.answer(batch);
    this.batches.push(batch);
    return consumed;
  }

  get logRecords(): readonly LogRecord[] {
    return this.batches.flatMap((batch) => batch.resourceLogs.flatMap((resource) => resource.logRecords));
  }
}

export function acceptAll(batch: RecordBatch): Consumed {
  const acceptedLogRecords = batch.resourceLogs.reduce((sum, resource) => sum + resource.logRecords.length, 0);
  return { acceptedLogRecords, rejectedLogRecords: 0, errorMessage: '' };
}
