/**
 * The receiver's own bounds: how many requests, and how many bytes of them, are in hand at a time, and how many of them
 * are worked on. The others wait for their turn, each for a bounded time.
 */
import { RefusedError, tooLarge } from './refusal.ts';

export interface AdmissionLimits {
  readonly maxConcurrentRequests: number;
  readonly maxInFlightBytes: number;
  readonly maxConcurrentConsumes: number;
  readonly maxWaitMs: number;
}

const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** Requests of any size that are worked on at a time: one in the processor while another waits for the disk. */
const TURNS_OF_ANY_SIZE = 2;
/** Further ones have a turn while all of them together came with no more than this. */
const SHARED_BYTES = 1024 * 1024;

/** Time in which a restarted service is back. */
const RESTART_MS = 5000;

export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  #requests = 0;
  #bytes = 0;
  #meanDurationMs = 0;
  #isClosed = false;
  #turnsTaken = 0;
  #turnBytes = 0;
  /** In the order of coming. */
  readonly #waiting = new Set<WaitingTicket>();

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

  /** Throws a `busy` refusal where the bound on requests is reached, `unavailable` while the receiver shuts down. */
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
    const startedMs = this.#now();
    return new Ticket({
      reserve: (bytes, ownBytes) => this.#reserve(bytes, ownBytes),
      waitForTurn: (bytes) => this.#waitForTurn(bytes),
      leave: (bytes, turnBytes) => {
        this.#requests -= 1;
        this.#bytes -= bytes;
        this.#meanDurationMs += (this.#now() - startedMs - this.#meanDurationMs) / 16;
        if (turnBytes !== null) this.#endTurn(turnBytes);
      },
    });
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
      throw this.#busy(`${maxInFlightBytes} bytes (max_in_flight_size) are in hand.`);
    }
    this.#bytes += bytes;
  }

  #waitForTurn(bytes: number): Promise<void> {
    if (this.#waiting.size === 0 && this.#hasTurnFor(bytes)) {
      this.#takeTurn(bytes);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const ticket: WaitingTicket = {
        bytes,
        take: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(ticket);
        reject(this.#busy(`no turn came within ${this.#limits.maxWaitMs} ms.`));
        this.#giveTurns();
      }, this.#limits.maxWaitMs);
      this.#waiting.add(ticket);
    });
  }

  #hasTurnFor(bytes: number): boolean {
    if (this.#turnsTaken >= this.#limits.maxConcurrentConsumes) return false;
    return this.#turnsTaken < TURNS_OF_ANY_SIZE || this.#turnBytes + bytes <= SHARED_BYTES;
  }

  #takeTurn(bytes: number): void {
    this.#turnsTaken += 1;
    this.#turnBytes += bytes;
  }

  #endTurn(bytes: number): void {
    this.#turnsTaken -= 1;
    this.#turnBytes -= bytes;
    this.#giveTurns();
  }

  /** To those that wait longest; a large one is not overtaken by small ones. */
  #giveTurns(): void {
    for (const ticket of this.#waiting) {
      if (!this.#hasTurnFor(ticket.bytes)) return;
      this.#waiting.delete(ticket);
      this.#takeTurn(ticket.bytes);
      ticket.take();
    }
  }

  /** The hint is how long requests take of late: by then one of those in hand will have gone. */
  #busy(why: string): RefusedError {
    const retryAfterMs = Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, Math.ceil(this.#meanDurationMs)));
    return new RefusedError({ reason: 'busy', message: `receiver busy: ${why}`, retryAfterMs });
  }
}

interface WaitingTicket {
  readonly bytes: number;
  take(): void;
}

interface TicketOffice {
  reserve(bytes: number, ownBytes: number): void;
  waitForTurn(bytes: number): Promise<void>;
  /** `turnBytes` are those that it had when it came to its turn; null where it never did. */
  leave(bytes: number, turnBytes: number | null): void;
}

/** One admitted request. */
export class Ticket {
  readonly #office: TicketOffice;
  #bytes = 0;
  #turnBytes: number | null = null;
  #isReleased = false;

  constructor(office: TicketOffice) {
    this.#office = office;
  }

  /**
   * Counts bytes that this request now holds. Throws a `busy` refusal where all requests together hold too many,
   * `too_large` where this one alone does.
   */
  reserve(bytes: number): void {
    this.#office.reserve(bytes, this.#bytes);
    this.#bytes += bytes;
  }

  /** Resolves when this request may be worked on; rejects with a `busy` refusal where that takes too long. */
  async waitForTurn(): Promise<void> {
    const bytes = this.#bytes;
    await this.#office.waitForTurn(bytes);
    this.#turnBytes = bytes;
  }

  /** Gives everything back, once; not while `waitForTurn` is pending. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#office.leave(this.#bytes, this.#turnBytes);
  }
}
