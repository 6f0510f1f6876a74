/**
 * Outbound events to OpenTelemetry log records. Events of one source share a resource, since `com.splunk.source` is
 * a resource attribute: within one request they are grouped by it, in order.
 */
import type { Attributes, HrTime } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { PrintableEvent } from '../payload.ts';
import { severityText } from '../severity-text.ts';
import { EVENT_KINDS, type OtlpExporterSettings } from './settings.ts';

/** Emits every event through the SDK's logger of its source and returns the records in the order of the events. */
export function toLogRecords(
  events: readonly PrintableEvent[],
  settings: Pick<OtlpExporterSettings, 'hostName' | 'splunk'>,
): ReadableLogRecord[] {
  const records: ReadableLogRecord[] = [];
  const providers = new Map<string, LoggerProvider>();
  for (const event of events) {
    const [eventClass, eventName] = EVENT_KINDS[event.kind];
    const key = JSON.stringify([eventClass, event.source]);
    const provider = providers.get(key) ?? createProvider(event.source, eventClass, settings, records);
    providers.set(key, provider);
    const timestamp = toHrTime(event.time);
    provider.getLogger('pintail').emit({
      eventName,
      timestamp,
      observedTimestamp: timestamp,
      severityNumber: event.severityNumber,
      severityText: severityText(event.severityNumber),
      body: event.body,
      attributes: event.attributes as Attributes,
    });
  }
  return records;
}

function createProvider(
  source: string,
  eventClass: keyof OtlpExporterSettings['splunk'],
  settings: Pick<OtlpExporterSettings, 'hostName' | 'splunk'>,
  records: ReadableLogRecord[],
): LoggerProvider {
  const target = settings.splunk[eventClass];
  return new LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': 'pintail',
      'host.name': settings.hostName,
      'com.splunk.index': target.index,
      'com.splunk.sourcetype': target.sourcetype,
      'com.splunk.source': source,
    }),
    // By default the SDK drops what exceeds 128 attributes, without an error.
    logRecordLimits: { attributeCountLimit: Number.POSITIVE_INFINITY },
    processors: [
      {
        onEmit: (record) => {
          records.push(record);
        },
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
}

/** Seconds and nanoseconds. As a plain number the SDK would take an early time for an offset from the process's start. */
function toHrTime(epochSeconds: number): HrTime {
  const micros = Math.round(epochSeconds * 1e6);
  const seconds = Math.floor(micros / 1e6);
  return [seconds, (micros - seconds * 1e6) * 1_000];
}
