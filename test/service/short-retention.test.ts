import { expect, test } from 'vitest';
import { findShortRetention } from '../../src/service/short-retention.ts';

const day = 86_400;
const now = Date.UTC(2026, 10, 24) / 1000;
const detection = (name: string, earliest: string) => ({
  name,
  schedule: { cron: '0 * * * *', earliest, latest: 'now' },
});

test('names the detections that look further back than events are kept', () => {
  const detections = [detection('hourly', '-70m@m'), detection('exact', '-30d'), detection('monthly', '-31d@d')];
  expect(findShortRetention(detections, 30 * day * 1000, now)).toEqual([
    '"monthly": expected a window within storage.retention (30d), found one from -31d@d: it sees only what is kept.',
  ]);
  expect(findShortRetention(detections, null, now)).toEqual([]);
});
