/**
 * Where events go: the one interface between the outbox and a protocol.
 */
import { RetryableError } from '../component.ts';
import type { PrintableEvent } from './payload.ts';
import type { BatchSettings, RetrySettings } from './settings.ts';

export interface Destination {
  /** The exporter's key in the configuration, e.g. `otlp`; rows of the outbox carry it. */
  readonly name: string;
  readonly retry: RetrySettings;
  readonly batch: BatchSettings;
  /** Prepares to deliver; rejects where that can never work (a certificate file is missing). */
  open(): Promise<void>;
  /**
   * Resolves once the other side has confirmed the events. Rejects with RetryableError (all of them must be sent
   * again; `retryAfterMs` 0 leaves the wait to us) or PermanentError (the other side will never take them as they
   * are). Gives up when `signal` aborts. Never called again before it settled.
   */
  deliver(events: readonly PrintableEvent[], signal: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

/** What the other side said about a batch it took. */
export interface Delivery {
  /** Events that it named, or may have meant, as refused for good; they become dead letters. */
  readonly refused: readonly RefusedEvent[];
}

export interface RefusedEvent {
  readonly eventId: string;
  readonly reason: string;
}

export const DELIVERED: Delivery = { refused: [] };

/**
 * The other side failed in a way that the events may have caused (HTTP 500). Sent again like any retryable failure,
 * but only `maxDoubtfulAttempts` times: an event that always breaks the receiver must not hold up those behind it.
 */
export class DoubtfulError extends RetryableError {}
