import { expect, test } from 'vitest';
import { Acknowledgements } from '../../../src/receive/hec/acknowledgements.ts';

test('forgets the oldest id beyond the bound', () => {
  const acknowledgements = new Acknowledgements({ maxAckChannels: 4, maxPendingAcks: 2 });
  for (let id = 0; id < 3; id += 1) expect(acknowledgements.issue('a')).toBe(id);
  expect([0, 1, 2].map((id) => acknowledgements.confirm('a', id))).toEqual([false, true, true]);
});

test('forgets the channel that was not used for the longest time', () => {
  const acknowledgements = new Acknowledgements({ maxAckChannels: 2, maxPendingAcks: 2 });
  acknowledgements.issue('a');
  acknowledgements.issue('b');
  expect(acknowledgements.confirm('a', 9)).toBe(false);
  acknowledgements.issue('c');
  expect(['a', 'b', 'c'].map((channel) => acknowledgements.confirm(channel, 0))).toEqual([true, false, true]);
});

test('a question about an unknown channel makes none', () => {
  const acknowledgements = new Acknowledgements({ maxAckChannels: 1, maxPendingAcks: 2 });
  acknowledgements.issue('a');
  expect(acknowledgements.confirm('b', 0)).toBe(false);
  expect(acknowledgements.confirm('a', 0)).toBe(true);
});
