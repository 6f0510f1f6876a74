/** Events of the golden format as the interpreter takes them. */
import type { StoredColumns } from '../golden-events.ts';
import type { StoredEvent } from '../spl-interpreter/interpret.ts';

export function storedEvents(lines: readonly string[], columns: readonly StoredColumns[] = []): readonly StoredEvent[] {
  return lines.map((line, index) => {
    const { raw, event, time, resource, attributes, ...metadata } = columns[index] ?? {};
    const own = JSON.parse(line) as { readonly stageTimestamp?: string; readonly requestReceivedTimestamp?: string };
    const written = own.stageTimestamp ?? own.requestReceivedTimestamp;
    return {
      ...metadata,
      time: time ?? (written === undefined ? 0 : Date.parse(written) / 1000 + microseconds(written)),
      raw: raw ?? line,
      event: event === undefined && raw !== undefined ? line : event,
      resource: resource === undefined ? null : JSON.stringify(resource),
      attributes: attributes === undefined ? null : JSON.stringify(attributes),
    };
  });
}

/** What a Date cannot hold, in seconds. */
function microseconds(written: string): number {
  const digits = /\.\d{3}(\d{1,3})/.exec(written)?.[1];
  return digits === undefined ? 0 : Number(digits.padEnd(3, '0')) / 1e6;
}

/** Rows of `logs` in the golden format. */
export function storedLogs(
  logs: readonly (Omit<StoredColumns, 'raw'> & { readonly raw: unknown })[],
): readonly StoredEvent[] {
  return logs.map(({ raw, time, resource, attributes, ...metadata }) => ({
    ...metadata,
    isLog: true,
    time: time ?? 0,
    raw: typeof raw === 'string' ? raw : JSON.stringify(raw),
    resource: resource === undefined ? null : JSON.stringify(resource),
    attributes: attributes === undefined ? null : JSON.stringify(attributes),
  }));
}
