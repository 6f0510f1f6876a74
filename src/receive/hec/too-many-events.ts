/** The bound on events in one request. */
import { RefusedError } from '../refusal.ts';

export function tooManyEvents(limit: number): RefusedError {
  return new RefusedError({
    reason: 'too_large',
    message: `request: expected at most ${limit} events (max_events_per_request), found more.`,
  });
}
