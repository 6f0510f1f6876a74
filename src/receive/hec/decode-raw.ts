/**
 * The body of `/services/collector/raw` to log records: one per line that is not blank.
 *
 * Splunk cuts raw data by the rules of its sourcetype, and without any merges lines that show no time. Here a line is
 * an event, as the Collector's exporter (`export_raw`) and every audit log mean it.
 */
import type { AttributeMap, ResourceLogs, SplunkMetadata } from '../../component.ts';
import { RecordGroups } from './record-groups.ts';
import { HecRefusedError } from './reply.ts';

export interface DecodedLines {
  readonly resourceLogs: readonly ResourceLogs[];
  readonly logRecords: number;
}

const NONE = Object.freeze(Object.create(null)) as AttributeMap;

/** Throws HecRefusedError 5 where every line is blank, and a `too_large` refusal for too many. */
export function decodeRaw(text: string, metadata: SplunkMetadata, maxEvents: number): DecodedLines {
  const groups = new RecordGroups(maxEvents);
  for (let start = text.charCodeAt(0) === 0xfeff ? 1 : 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end);
    start = end + 1;
    if (line.trim() === '') continue;
    const record = {
      timeUnixNano: 0n,
      observedTimeUnixNano: 0n,
      severityNumber: 0,
      severityText: '',
      body: line,
      attributes: NONE,
      eventName: '',
    };
    groups.add({ metadata, record });
  }
  if (groups.logRecords === 0) throw new HecRefusedError(5, 'body: expected at least one line, found none.');
  return { resourceLogs: groups.resourceLogs, logRecords: groups.logRecords };
}
