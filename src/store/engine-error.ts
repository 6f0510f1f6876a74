/**
 * DuckDB's failures, sorted once. DuckDB gives plain errors whose text begins with the kind.
 *
 *   kind of DuckDB's text                          becomes
 *   Out of Memory, no space left, Connection,
 *   IO, HTTP, what the cold tier cannot read,
 *   TransactionContext conflicts                   RetryableError: the world
 *   Interrupt                                      the reason of the signal that asked for it
 *   INTERNAL, FATAL, and what has no kind          Error: a bug, ours or DuckDB's
 *   everything else (Parser, Binder, Conversion…)  PermanentError: the statement's mistake
 */
import { PermanentError, RetryableError } from '../component.ts';

const retryMs = 5000;

/** Translates what the driver threw; errors that are ours already pass through. */
export function translateEngineError(error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof PermanentError || error instanceof RetryableError || !(error instanceof Error)) {
    return error;
  }
  const text = error.message;
  const options = { cause: error };
  if (/^INTERRUPT Error|Interrupted!/i.test(text)) {
    return signal?.aborted === true
      ? signal.reason
      : new RetryableError('database: expected the statement to finish, found it interrupted.', retryMs, options);
  }
  if (/^Out of Memory Error/i.test(text) || /failed to (offload|allocate) (data|block)/i.test(text)) {
    return new RetryableError(
      `database: expected the statement to fit in storage.memory_limit, found ${firstLine(text)}`,
      retryMs,
      options,
    );
  }
  if (/no space left on device/i.test(text)) {
    return new RetryableError(
      `database: expected room on the disk of storage.directory, found ${firstLine(text)}`,
      retryMs,
      options,
    );
  }
  if (isDatabaseLost(error)) {
    return new Error(`database: expected a working database, found ${firstLine(text)}`, options);
  }
  if (/^(TransactionContext|Transaction) Error/i.test(text) && /conflict/i.test(text)) {
    return new RetryableError(`database: expected no concurrent change, found ${firstLine(text)}`, 100, options);
  }
  const unreadable = /^Invalid Input Error: (cold tier: .*)/s.exec(text)?.[1];
  if (unreadable !== undefined) return new RetryableError(unreadable, 60_000, options);
  if (isOutOfReach(error)) {
    return new RetryableError(`database: ${text}`, retryMs, options);
  }
  if (/^INTERNAL Error/i.test(text) || !/^[A-Z][A-Za-z ]* Error: /.test(text)) {
    return new Error(`database: ${text}`, options);
  }
  return new PermanentError(text, options);
}

/** What holds the data did not give it: a disk, a network, a server. */
export function isOutOfReach(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(?:Connection|IO|HTTP) Error|^Invalid Error: (?:Timeout was reached|Failed to read connection)/i.test(
      error.message,
    )
  );
}

/** DuckDB refuses all further work after such an error; only opening the file again helps. */
export function isDatabaseLost(error: unknown): boolean {
  return (
    error instanceof Error &&
    (/^FATAL Error|database has been invalidated/i.test(error.message) || isDatabaseLost(error.cause))
  );
}

/** It is not what the statement reads or says, but the machine that was short of something, or a request to stop. */
export function isMachineError(error: unknown): boolean {
  return (
    isDatabaseLost(error) ||
    (error instanceof Error &&
      /^(?:Out of Memory|INTERRUPT) Error|Interrupted!|failed to (?:offload|allocate)|no space left/i.test(
        error.message,
      ))
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
