import { describe, expect, test } from 'vitest';
import { isLoopback, parseDuration, parseEndpoint, parseSize } from '../../src/config/index.ts';
import { printDuration } from '../../src/config/units.ts';

describe('parseSize', () => {
  test.each([
    ['64MiB', 67_108_864],
    ['2GiB', 2_147_483_648],
    ['1.5 GB', 1_500_000_000],
    ['512b', 512],
    ['10kib', 10_240],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toEqual({ value: bytes });
  });

  test.each(['', '64', 'MiB', '-1MiB', '1e3MiB', '64 Mi', '1 MiB MiB', '99999999TiB'])('refuses "%s"', (text) => {
    expect(parseSize(text)).toHaveProperty('expected');
  });
});

describe('parseDuration', () => {
  test.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['2w', 1_209_600_000],
    ['0', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ value: ms });
  });

  test.each(['', '30', 's', '-1s', '1y', '1h 30m', '99999999d', '1e3s'])('refuses "%s"', (text) => {
    expect(parseDuration(text)).toHaveProperty('expected');
  });
});

test.each(['24d', '90m', '1500ms', '100ms', '1s', '25h', '8d'])('printDuration writes %s as it was written', (text) => {
  const parsed = parseDuration(text);
  expect('value' in parsed && printDuration(parsed.value)).toBe(text);
});

describe('parseEndpoint', () => {
  test.each([
    ['127.0.0.1:4317', '127.0.0.1', 4317],
    [':4317', '0.0.0.0', 4317],
    ['[::1]:4317', '::1', 4317],
    ['localhost:0', 'localhost', 0],
    ['pintail.audit.svc:65535', 'pintail.audit.svc', 65_535],
  ])('%s', (text, host, port) => {
    expect(parseEndpoint(text)).toEqual({ value: { host, port } });
  });

  test.each(['', '4317', 'host', 'host:', 'host:x', '::1:4317', 'http://h:1', 'h:65536', 'h h:1', '[::1]'])(
    'refuses "%s"',
    (text) => {
      expect(parseEndpoint(text)).toHaveProperty('expected');
    },
  );
});

describe('isLoopback', () => {
  test.each(['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '::ffff:127.0.0.1'])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'localhost.evil.example', '1127.0.0.1'])(
    '%s is not',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
