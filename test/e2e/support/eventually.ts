/** Waiting for another process, whose progress can only be asked for. */
import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** What is waited for, for the error. */
  readonly what: string;
  readonly withinMs: number;
  readonly everyMs?: number;
}

/** Asks until `ask` gives something other than undefined; rejects, naming what was waited for and the last error, when time is up. */
export async function eventually<T>(
  options: EventuallyOptions,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + options.withinMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      lastError = undefined;
    } catch (error: unknown) {
      lastError = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${options.what}: not seen within ${options.withinMs} ms.`, { cause: lastError });
    }
    await delay(options.everyMs ?? 50);
  }
}
