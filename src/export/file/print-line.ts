import type { PrintableEvent } from '../payload.ts';
import { severityText } from '../severity-text.ts';

/**
 * One event as one line of NDJSON, ending in a line feed:
 * `{"event_id", "kind", "time", "source", "severity_number", "severity_text", "message", "attributes"}`, time in
 * epoch seconds.
 */
export function printLine(event: PrintableEvent): string {
  const line = {
    event_id: event.eventId,
    kind: event.kind,
    time: event.time,
    source: event.source,
    severity_number: event.severityNumber,
    severity_text: severityText(event.severityNumber),
    message: event.body,
    attributes: event.attributes,
  };
  return `${JSON.stringify(line)}\n`;
}
