/** A clock in microseconds since the epoch that no two calls read alike, from one of milliseconds. */
export function risingMicros(nowMs: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, nowMs() * 1000);
    return last;
  };
}
