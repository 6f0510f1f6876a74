/** Detections that look at a time of which the oldest events are gone. */
import { type Detection, resolveTime } from '../detect/index.ts';
import { SEARCH_TIME_ZONE } from './time-window.ts';

/**
 * One sentence for each detection whose window, run at `nowSeconds`, begins before what `storage.retention` keeps:
 * a count or a first time in it is that of the retention.
 */
export function findShortRetention(
  detections: readonly Pick<Detection, 'name' | 'schedule'>[],
  retentionMs: number | null,
  nowSeconds: number,
): readonly string[] {
  if (retentionMs === null) return [];
  const days = retentionMs / 86_400_000;
  return detections
    .filter(
      ({ schedule }) => nowSeconds - resolveTime(schedule.earliest, nowSeconds, SEARCH_TIME_ZONE) > retentionMs / 1000,
    )
    .map(
      ({ name, schedule }) =>
        `"${name}": expected a window within storage.retention (${days}d), found one from ${schedule.earliest}: ` +
        'it sees only what is kept.',
    );
}
