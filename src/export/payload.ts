/**
 * An outbound event as the JSON text that the outbox keeps, and back. On the way in, attributes take the forms that
 * every destination can carry: text, finite numbers, booleans, and flat lists of these.
 *
 * | value | becomes |
 * |---|---|
 * | null | left out |
 * | integer beyond 2^53, NaN, infinity | its text |
 * | struct, map, list inside a list | its JSON text |
 * | half a surrogate pair | U+FFFD, since neither JSON readers nor protobuf take it |
 */
import type { OutboundEvent, SqlValue } from '../component.ts';

export type Scalar = string | number | boolean;
export type Attribute = Scalar | readonly Scalar[];

/** An event as a destination gets it. */
export interface PrintableEvent extends OutboundEvent {
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Throws where the event itself is broken, which is a bug of the caller. */
export function printPayload(event: OutboundEvent): string {
  if (!Number.isFinite(event.time)) {
    throw new Error(`outbox: expected a finite time in event "${event.eventId}", found ${event.time}.`);
  }
  const printable: PrintableEvent = {
    eventId: event.eventId,
    kind: event.kind,
    time: event.time,
    source: event.source.toWellFormed(),
    severityNumber: event.severityNumber,
    body: event.body.toWellFormed(),
    attributes: Object.fromEntries(
      Object.entries(event.attributes)
        .filter(([name, value]) => name !== '' && value !== null)
        .map(([name, value]) => [name.toWellFormed(), toAttribute(value)]),
    ),
  };
  return JSON.stringify(printable);
}

/** Reads what `printPayload` wrote. */
export function parsePayload(payload: string): PrintableEvent {
  return JSON.parse(payload) as PrintableEvent;
}

function toAttribute(value: SqlValue): Attribute {
  return isList(value) ? value.filter((member) => member !== null).map(toScalar) : toScalar(value);
}

function toScalar(value: SqlValue): Scalar {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  return JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? String(member) : member));
}

function isList(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}
