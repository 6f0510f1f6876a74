/** Seeds of random tests: PINTAIL_SEED repeats a run. Every test says its seed, in its name or on the console. */
import { randomInt } from 'node:crypto';

/** The number in PINTAIL_SEED, or else `usual`; a new one where neither is there, and for PINTAIL_SEED=random. */
export function chooseSeed(usual?: number): number {
  const given = process.env.PINTAIL_SEED ?? usual ?? 'random';
  if (given === 'random') return randomInt(2 ** 31);
  const seed = Number(given);
  if (Number.isSafeInteger(seed)) return seed;
  throw new Error(`PINTAIL_SEED: expected a whole number or "random", found "${given}".`);
}

/** The same, said on the console. */
export function announceSeed(test: string): number {
  const seed = chooseSeed();
  console.log(`${test}: PINTAIL_SEED=${seed}`);
  return seed;
}
