/**
 * Indexer acknowledgement: ids per channel, counted from 0, each answered `true` once and then forgotten.
 *
 * An id is issued only after its events are durable, so every id that was ever issued may be answered `true`, also
 * after a restart began to count anew; what was forgotten (bounds, restart) is answered `false`, the sender sends
 * again, and the store knows the copies.
 */
export interface AcknowledgementLimits {
  readonly maxAckChannels: number;
  readonly maxPendingAcks: number;
}

interface Channel {
  nextId: number;
  /** Issued and not asked for yet, oldest first. */
  readonly pending: Set<number>;
}

export class Acknowledgements {
  readonly #limits: AcknowledgementLimits;
  /** The one used longest ago first. */
  readonly #channels = new Map<string, Channel>();

  constructor(limits: AcknowledgementLimits) {
    this.#limits = limits;
  }

  /** The next id of a channel, for events that are durable. */
  issue(channel: string): number {
    const found = this.#take(channel) ?? { nextId: 0, pending: new Set<number>() };
    this.#channels.set(channel, found);
    const [leastRecent] = this.#channels.keys();
    if (this.#channels.size > this.#limits.maxAckChannels && leastRecent !== undefined) {
      this.#channels.delete(leastRecent);
    }
    const id = found.nextId++;
    found.pending.add(id);
    const [oldest] = found.pending;
    if (found.pending.size > this.#limits.maxPendingAcks && oldest !== undefined) found.pending.delete(oldest);
    return id;
  }

  /** True once for an id that was issued on this channel. */
  confirm(channel: string, id: number): boolean {
    const found = this.#take(channel);
    if (found === undefined) return false;
    this.#channels.set(channel, found);
    return found.pending.delete(id);
  }

  #take(channel: string): Channel | undefined {
    const found = this.#channels.get(channel);
    this.#channels.delete(channel);
    return found;
  }
}
