/**
 * Which minutes of event time got rows in which load commit: what tells whether rows came into a window after a run
 * had looked at it.
 */
import type { LoadCommit } from '../../component.ts';
import type { WindowBounds } from '../run/identify-findings.ts';

export class LoadHistory {
  /** Minute since the epoch to the newest commit that added rows in it. */
  readonly #newest = new Map<number, number>();
  #commitSeq = 0;

  /** The newest commit that was seen. */
  get commitSeq(): number {
    return this.#commitSeq;
  }

  add(commit: LoadCommit): void {
    this.#commitSeq = Math.max(this.#commitSeq, commit.commitSeq);
    for (const minute of commit.minutes) {
      this.#newest.set(minute, Math.max(commit.commitSeq, this.#newest.get(minute) ?? 0));
    }
  }

  /** Minutes that overlap the window and got rows with a commit after `watermark`. */
  newMinutes(window: WindowBounds, watermark: number): readonly number[] {
    const first = Math.floor(window.earliest / 60);
    const end = Math.ceil(window.latest / 60);
    const isNew = (minute: number) => (this.#newest.get(minute) ?? 0) > watermark;
    if (end - first > this.#newest.size) {
      return [...this.#newest.keys()].filter((minute) => minute >= first && minute < end && isNew(minute));
    }
    return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index).filter(isNew);
  }

  /** Minutes that are remembered. */
  get size(): number {
    return this.#newest.size;
  }

  /** Forgets minutes before the time, in epoch seconds. */
  forgetBefore(time: number): void {
    for (const minute of this.#newest.keys()) {
      if ((minute + 1) * 60 <= time) this.#newest.delete(minute);
    }
  }
}

/** Minutes since the epoch as stretches of epoch seconds, neighbours joined, oldest first. */
export function toStretches(minutes: Iterable<number>): readonly WindowBounds[] {
  const stretches: WindowBounds[] = [];
  for (const minute of [...minutes].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && minute * 60 <= last.latest) {
      stretches[stretches.length - 1] = { earliest: last.earliest, latest: (minute + 1) * 60 };
    } else {
      stretches.push({ earliest: minute * 60, latest: (minute + 1) * 60 });
    }
  }
  return stretches;
}
