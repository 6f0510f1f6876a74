/** Random choices that a seed repeats. */
import { randomNumbers } from '../random-numbers.ts';

export class Dice {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = randomNumbers(seed);
  }
  below(count: number): number {
    return Math.floor(this.#next() * count);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
  /** None to three of them. */
  some<T>(make: () => T): readonly T[] {
    return Array.from({ length: this.below(4) }, make);
  }
}
