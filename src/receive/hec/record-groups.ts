/** Log records in the order received, those with the same metadata one after the other under one resource. */
import type { AttributeMap, LogRecord, ResourceLogs, SplunkMetadata } from '../../component.ts';
import { tooManyEvents } from './too-many-events.ts';

/** Where an event came from, in Splunk's words; the empty text counts as none. */
export interface HecEvent {
  readonly metadata: SplunkMetadata;
  readonly record: LogRecord;
}

export class RecordGroups {
  readonly resourceLogs: { readonly resourceAttributes: AttributeMap; readonly logRecords: LogRecord[] }[] = [];
  readonly #limit: number;
  #last: SplunkMetadata | undefined;
  logRecords = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws a `too_large` refusal where there are more than the limit. */
  add({ metadata, record }: HecEvent): void {
    if (this.logRecords >= this.#limit) throw tooManyEvents(this.#limit);
    if (this.#last === undefined || !isSame(this.#last, metadata)) {
      this.resourceLogs.push({ resourceAttributes: toAttributes(metadata), logRecords: [] });
      this.#last = metadata;
    }
    this.resourceLogs.at(-1)?.logRecords.push(record);
    this.logRecords += 1;
  }
}

function isSame(left: SplunkMetadata, right: SplunkMetadata): boolean {
  return (
    left.host === right.host &&
    left.source === right.source &&
    left.sourcetype === right.sourcetype &&
    left.index === right.index
  );
}

/** The names that the Collector's exporter and receiver use for them. */
function toAttributes({ host, source, sourcetype, index }: SplunkMetadata): ResourceLogs['resourceAttributes'] {
  const attributes = Object.create(null) as Record<string, string>;
  if (source) attributes['com.splunk.source'] = source;
  if (sourcetype) attributes['com.splunk.sourcetype'] = sourcetype;
  if (index) attributes['com.splunk.index'] = index;
  if (host) attributes['host.name'] = host;
  return attributes;
}
