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

  /** True where rows came into the window, by whole minutes, with a commit after `watermark`. */
  hasNewRows(window: WindowBounds, watermark: number): boolean {
    const first = Math.floor(window.earliest / 60);
    const end = Math.ceil(window.latest / 60);
    if (end - first > this.#newest.size) {
      return [...this.#newest].some(([minute, seq]) => minute >= first && minute < end && seq > watermark);
    }
    for (let minute = first; minute < end; minute++) {
      if ((this.#newest.get(minute) ?? 0) > watermark) return true;
    }
    return false;
  }

  /** Forgets minutes before the time, in epoch seconds. */
  forgetBefore(time: number): void {
    for (const minute of this.#newest.keys()) {
      if ((minute + 1) * 60 <= time) this.#newest.delete(minute);
    }
  }
}

/** The stretch of time that a commit added rows to, in epoch seconds; null where it added none. */
export function stretchOf(commit: LoadCommit): WindowBounds | null {
  const first = commit.minutes[0];
  const last = commit.minutes.at(-1);
  return first === undefined || last === undefined ? null : { earliest: first * 60, latest: (last + 1) * 60 };
}

/** The shortest stretch that holds both. */
export function joinStretches(a: WindowBounds | null, b: WindowBounds | null): WindowBounds | null {
  if (a === null || b === null) return a ?? b;
  return { earliest: Math.min(a.earliest, b.earliest), latest: Math.max(a.latest, b.latest) };
}
