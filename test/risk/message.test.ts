import { expect, test } from 'vitest';
import { fillMessage } from '../../src/risk/message.ts';

const ROW = {
  user: 'ada',
  'objectRef.name': 'db-password',
  'user.groups{}': ['system:masters', 'dev'],
  'Search Name': 'x',
  money: '$user$',
  count: 3,
  allowed: true,
  gone: null,
};

test.each([
  ['plain', 'plain'],
  ['$user$ read it', 'ada read it'],
  ['$objectRef.name$ by $user.groups{}$', 'db-password by system:masters, dev'],
  ['$count$ times, $allowed$', '3 times, true'],
  ['$result.user$', 'ada'],
  ['$Search Name$', 'x'],
  ['costs $5 for $user$', 'costs $5 for ada'],
  ['$user$$user$', 'adaada'],
  ['$$user$', '$ada'],
  ['100 $$ and $user$', '100 $$ and ada'],
  ['$money$', '$user$'],
  ['ends with $', 'ends with $'],
  ['', ''],
  ['$nobody$ read it', '$nobody$ read it'],
  ['$gone$ and $gone$', '$gone$ and $gone$'],
  ['$nobody$user$user$', '$nobody$userada'],
  ['$toString$', '$toString$'],
])('%j becomes %j', (template, text) => {
  expect(fillMessage(template, ROW)).toBe(text);
});
