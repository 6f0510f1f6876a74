/** A destination that answers as a test tells it to, and keeps every batch it was given. */
import { EventEmitter, once } from 'node:events';
import { DELIVERED, type Delivery, type Destination } from '../../src/export/destination.ts';
import type { PrintableEvent } from '../../src/export/payload.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../../src/export/settings.ts';

export type Answer = (events: readonly PrintableEvent[], signal: AbortSignal) => Delivery | Promise<Delivery>;

export class ScriptedDestination implements Destination {
  readonly name: string;
  readonly retry = DEFAULT_RETRY;
  readonly batch = DEFAULT_BATCH;
  /** Event ids of every attempt, in order. */
  readonly attempts: (readonly string[])[] = [];
  /** Event ids that were confirmed, in order. */
  readonly confirmed: string[] = [];
  answer: Answer = () => DELIVERED;
  opened = 0;
  closed = 0;
  readonly #changes = new EventEmitter();

  constructor(name: string, overrides: Partial<Pick<Destination, 'retry' | 'batch'>> = {}) {
    this.name = name;
    Object.assign(this, overrides);
  }

  async open(): Promise<void> {
    this.opened += 1;
  }

  async deliver(events: readonly PrintableEvent[], signal: AbortSignal): Promise<Delivery> {
    this.attempts.push(events.map((event) => event.eventId));
    this.#changes.emit('change');
    const delivery = await this.answer(events, signal);
    const refused = new Set(delivery.refused.map((one) => one.eventId));
    this.confirmed.push(...events.map((event) => event.eventId).filter((id) => !refused.has(id)));
    this.#changes.emit('change');
    return delivery;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#changes, 'change');
  }
}
