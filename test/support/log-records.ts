/** Log records and batches with everything but what a test is about left at the protocol's defaults. */
import type { AnyValue, AttributeMap, LogRecord, RecordBatch } from '../../src/component.ts';

export function logRecord(body: AnyValue, fields: Partial<LogRecord> = {}): LogRecord {
  return {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    body,
    attributes: {},
    eventName: '',
    ...fields,
  };
}

export function recordBatch(
  records: readonly LogRecord[],
  resourceAttributes: AttributeMap = {},
  fields: Partial<RecordBatch> = {},
): RecordBatch {
  return { receiver: 'otlp/grpc', resourceLogs: [{ resourceAttributes, logRecords: records }], ...fields };
}
