import type { RetrySettings } from './settings.ts';

/**
 * Milliseconds to wait after the `failures`-th failed attempt in a row (1 or more): exponential, bounded, jittered.
 * `random` gives numbers in [0, 1).
 */
export function backOffMs(failures: number, settings: RetrySettings, random: () => number): number {
  const interval = Math.min(settings.initialIntervalMs * settings.multiplier ** (failures - 1), settings.maxIntervalMs);
  return interval * (1 + settings.randomizationFactor * (2 * random() - 1));
}
