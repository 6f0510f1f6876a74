/**
 * How hard and how much at once a destination is tried, and how much the outbox keeps. Keys in the configuration are
 * the same words in lower_snake_case.
 */

const DAY_MS = 86_400_000;

/** `retry_on_failure` of an exporter. */
export interface RetrySettings {
  readonly initialIntervalMs: number;
  readonly maxIntervalMs: number;
  /** The interval grows by this factor with each failed attempt. */
  readonly multiplier: number;
  /** 0.5: the wait is anywhere from half the interval to one and a half. */
  readonly randomizationFactor: number;
  /** An attempt that fails this long after the event was enqueued makes it a dead letter; 0: never. */
  readonly maxElapsedMs: number;
  /** The longest wait that the other side may ask for (Retry-After, RetryInfo). */
  readonly maxRetryAfterMs: number;
  /**
   * Attempts before an answer that may blame the data or the server (HTTP 500, gRPC INTERNAL) counts as a refusal
   * of the data.
   */
  readonly maxDoubtfulAttempts: number;
}

export const DEFAULT_RETRY: RetrySettings = {
  initialIntervalMs: 1_000,
  maxIntervalMs: 30_000,
  multiplier: 1.5,
  randomizationFactor: 0.5,
  maxElapsedMs: 7 * DAY_MS,
  maxRetryAfterMs: 3_600_000,
  maxDoubtfulAttempts: 10,
};

export interface BatchSettings {
  readonly maxEvents: number;
  /** Bytes of the events' JSON; one event that is larger goes alone. Collectors take 4 MiB over gRPC by default. */
  readonly maxBytes: number;
}

export const DEFAULT_BATCH: BatchSettings = { maxEvents: 512, maxBytes: 1_048_576 };

export interface OutboxSettings {
  /** Events that may wait for one destination; beyond, enqueueing fails with RetryableError and nothing is lost. */
  readonly maxPendingEvents: number;
  /** How long a delivered event's id is remembered; must exceed how far back detections may run again. */
  readonly deliveredMemoryMs: number;
  /** How many delivered ids are remembered, whatever their age; the oldest go first. */
  readonly maxDeliveredMemory: number;
  /** How long a dead letter is kept. */
  readonly deadLetterMemoryMs: number;
  /** How many dead letters are kept, whatever their age; the oldest go first, logged and counted. */
  readonly maxDeadLetters: number;
  /** How long a delivery that is under way may take once shutdown was asked for. */
  readonly shutdownTimeoutMs: number;
  /** How often the table is looked at without being told of new events. */
  readonly pollIntervalMs: number;
}

export const DEFAULT_OUTBOX_SETTINGS: OutboxSettings = {
  maxPendingEvents: 1_000_000,
  deliveredMemoryMs: 30 * DAY_MS,
  maxDeliveredMemory: 5_000_000,
  deadLetterMemoryMs: 30 * DAY_MS,
  maxDeadLetters: 100_000,
  shutdownTimeoutMs: 5_000,
  pollIntervalMs: 30_000,
};
