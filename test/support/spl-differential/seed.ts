/**
 * The seed of a differential run: the number given; `random` takes a new one. Without either always the same, so that
 * a run says whether a change broke something, not whether the dice found something old.
 */
export function seedOf(given: string | undefined): number {
  if (given === 'random') return Date.now() % 1_000_000_007;
  return Number(given ?? 20_261_120);
}
