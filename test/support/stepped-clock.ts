/** The scheduler's clock, turned by hand. */
import { type Clock, setBackTolerance } from '../../src/detect/schedule/clock.ts';

interface Alarm {
  readonly time: number;
  readonly callback: () => void;
}

export class SteppedClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();
  readonly #setBackListeners = new Set<() => void>();

  constructor(start: string) {
    this.#now = Date.parse(start) / 1000;
  }

  now(): number {
    return this.#now;
  }

  at(epochSeconds: number, callback: () => void): () => void {
    const alarm = { time: epochSeconds, callback };
    this.#alarms.add(alarm);
    if (epochSeconds <= this.#now) queueMicrotask(() => this.#ring(alarm));
    return () => this.#alarms.delete(alarm);
  }

  onSetBack(callback: () => void): () => void {
    const listener = () => callback();
    this.#setBackListeners.add(listener);
    return () => this.#setBackListeners.delete(listener);
  }

  /** Turns the clock and rings every alarm that is due, the earliest first. */
  turnTo(time: string): void {
    const before = this.#now;
    this.#now = Date.parse(time) / 1000;
    if (this.#now < before - setBackTolerance) for (const listener of this.#setBackListeners) listener();
    const due = [...this.#alarms].filter((alarm) => alarm.time <= this.#now).sort((a, b) => a.time - b.time);
    for (const alarm of due) this.#ring(alarm);
  }

  advance(seconds: number): void {
    this.turnTo(new Date((this.#now + seconds) * 1000).toISOString());
  }

  #ring(alarm: Alarm): void {
    if (this.#alarms.delete(alarm)) alarm.callback();
  }
}
