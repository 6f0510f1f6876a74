import { describe, expect, test } from 'vitest';
import { chooseSegments, mostSegments } from '../../src/store/load-size.ts';

const bounds = { loadRows: 196_608, loadBytes: 1e9, segments: mostSegments };
const segments = (...rows: readonly number[]) =>
  rows.map((count, index) => ({ id: index + 1, path: '', bytes: count * 1000, rows: count, batches: [] }));
const taken = (...rows: readonly number[]) => chooseSegments(segments(...rows), bounds).length;

describe('a load', () => {
  test('takes everything that fits', () => {
    expect(taken(10, 20, 30)).toBe(3);
    expect(taken(100_000, 96_608)).toBe(2);
  });

  test('takes the oldest and leaves the rest to the next', () => {
    expect(taken(60_000, 60_000, 60_000, 40_000, 60_000)).toBe(3);
    expect(taken(100_000, 150_000)).toBe(1);
  });

  test('takes one segment, whatever its size', () => {
    expect(taken(500_000, 1)).toBe(1);
    expect(chooseSegments(segments(10, 10), { ...bounds, loadRows: 1, loadBytes: 1 })).toHaveLength(1);
  });

  test('keeps to its bytes', () => {
    expect(chooseSegments(segments(10, 10, 10), { ...bounds, loadRows: 1e6, loadBytes: 20_000 })).toHaveLength(2);
  });

  test('keeps to a number of files, and takes one where that has come down to none', () => {
    const many = segments(...Array.from({ length: 993 }, () => 10));
    expect(chooseSegments(many, bounds)).toHaveLength(mostSegments);
    expect(chooseSegments(many, { ...bounds, segments: 8 })).toHaveLength(8);
    expect(chooseSegments(many, { ...bounds, segments: 0 })).toHaveLength(1);
  });

  test('keeps to a number of batches', () => {
    const [one] = segments(10);
    const full = { ...one!, batches: Array.from({ length: 512 }, () => ({ start: 0, header: Buffer.alloc(0) })) };
    expect(chooseSegments([full, full, full], bounds)).toHaveLength(2);
  });
});
