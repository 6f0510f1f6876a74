/** The receiver's own bounds: how many requests, and how many bytes of them, are in hand at a time. Nothing queues. */
import { RefusedError, tooLarge } from './refusal.ts';

export interface AdmissionLimits {
  readonly maxConcurrentRequests: number;
  readonly maxInFlightBytes: number;
}

const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** Time in which a restarted service is back. */
const RESTART_MS = 5000;

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  #requests = 0;
  #bytes = 0;
  #meanDurationMs = 0;
  #isClosed = false;

  /** `now` gives milliseconds of any steady clock. */
  constructor(limits: AdmissionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws a `busy` refusal where the bound on requests is reached or the receiver shuts down. */
  enter(): Ticket {
    if (this.#isClosed) {
      const message = 'receiver unavailable: it is shutting down.';
      throw new RefusedError({ reason: 'unavailable', message, retryAfterMs: RESTART_MS });
    }
    const { maxConcurrentRequests } = this.#limits;
    if (this.#requests >= maxConcurrentRequests) {
      throw this.#busy(`${maxConcurrentRequests} requests (max_concurrent_requests) are in hand.`);
    }
    this.#requests += 1;
    return new Ticket(
      (bytes, ownBytes) => this.#reserve(bytes, ownBytes),
      this.#now,
      (bytes, durationMs) => {
        this.#requests -= 1;
        this.#bytes -= bytes;
        this.#meanDurationMs += (durationMs - this.#meanDurationMs) / 16;
      },
    );
  }

  open(): void {
    this.#isClosed = false;
  }

  close(): void {
    this.#isClosed = true;
  }

  #reserve(bytes: number, ownBytes: number): void {
    const { maxInFlightBytes } = this.#limits;
    // What does not fit alone will not fit later either.
    if (ownBytes + bytes > maxInFlightBytes) throw tooLarge('request, compressed and decompressed', maxInFlightBytes);
    if (this.#bytes + bytes > maxInFlightBytes) {
      throw this.#busy(`${maxInFlightBytes} bytes (max_in_flight_bytes) are in hand.`);
    }
    this.#bytes += bytes;
  }

  /** The hint is how long requests take of late: by then one of those in hand will have gone. */
  #busy(why: string): RefusedError {
    const retryAfterMs = Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, Math.ceil(this.#meanDurationMs)));
    return new RefusedError({ reason: 'busy', message: `receiver busy: ${why}`, retryAfterMs });
  }
}

/** One admitted request. */
export class Ticket {
  readonly #reserve: (bytes: number, ownBytes: number) => void;
  readonly #now: () => number;
  readonly #leave: (bytes: number, durationMs: number) => void;
  readonly #startedMs: number;
  #bytes = 0;
  #isReleased = false;

  constructor(
    reserve: (bytes: number, ownBytes: number) => void,
    now: () => number,
    leave: (bytes: number, durationMs: number) => void,
  ) {
    this.#reserve = reserve;
    this.#now = now;
    this.#leave = leave;
    this.#startedMs = now();
  }

  /**
   * Counts bytes that this request now holds. Throws a `busy` refusal where all requests together hold too many,
   * `too_large` where this one alone does.
   */
  reserve(bytes: number): void {
    this.#reserve(bytes, this.#bytes);
    this.#bytes += bytes;
  }

  /** Gives everything back, once. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#leave(this.#bytes, this.#now() - this.#startedMs);
  }
}
