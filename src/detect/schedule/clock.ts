/** Time as the scheduler sees it, passed in so that tests can step it. */
export interface Clock {
  /** Epoch seconds, with fraction. */
  now(): number;
  /** Calls back once, when `now()` has reached the time; soon, where it has already. Returns a function that cancels. */
  at(epochSeconds: number, callback: () => void): () => void;
}

/** Longest sleep at a stretch: after a suspended machine or a clock that was set, this is how late a time is noticed. */
const longestSleepMs = 30_000;

export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  at(epochSeconds, callback) {
    let timer: NodeJS.Timeout | undefined;
    const arm = () => {
      const wait = epochSeconds * 1000 - Date.now();
      timer = setTimeout(wait > longestSleepMs ? arm : fire, Math.max(0, Math.min(wait, longestSleepMs)));
    };
    // Timers may fire a millisecond early.
    const fire = () => (Date.now() < epochSeconds * 1000 ? arm() : callback());
    arm();
    return () => clearTimeout(timer);
  },
};
