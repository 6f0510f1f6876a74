import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/detect/schedule/clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-12-02T10:00:00Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

test('a clock that was set back is noticed without being asked for the time', async () => {
  const noticed = vi.fn();
  const cancel = systemClock.onSetBack(noticed);
  vi.advanceTimersByTime(60_000);
  vi.setSystemTime(Date.parse('2026-12-02T10:00:30Z'));
  vi.advanceTimersByTime(60_000);
  expect(noticed).not.toHaveBeenCalled();
  vi.setSystemTime(Date.parse('2026-11-02T10:01:00Z'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(noticed).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(noticed).toHaveBeenCalledTimes(1);
  cancel();
});

test('who has ended it is not called, and no timer is left', async () => {
  const noticed = vi.fn();
  systemClock.onSetBack(noticed)();
  expect(vi.getTimerCount()).toBe(0);
  systemClock.now();
  vi.setSystemTime(Date.parse('2026-11-02T10:01:00Z'));
  systemClock.now();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(noticed).not.toHaveBeenCalled();
});
