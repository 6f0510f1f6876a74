import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RetryableError } from '../../../src/component.ts';
import type { Destination } from '../../../src/export/destination.ts';
import { createFileDestination } from '../../../src/export/file/file-destination.ts';
import type { PrintableEvent } from '../../../src/export/payload.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../../../src/export/settings.ts';

let folder: string;
let path: string;
let destination: Destination;
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pintail-file-exporter-'));
  path = join(folder, 'deep', 'risk-events.ndjson');
  destination = create(path);
});

afterEach(async () => {
  await destination.close();
  rmSync(folder, { recursive: true });
});

function create(to: string, stdout: Writable = new PassThrough()): Destination {
  return createFileDestination({ name: 'file', path: to, retry: DEFAULT_RETRY, batch: DEFAULT_BATCH }, stdout);
}

function event(eventId: string): PrintableEvent {
  return {
    eventId,
    kind: 'risk',
    time: 1_700_000_000.5,
    source: 'Secret Reading Spree',
    severityNumber: 17,
    body: 'line\nbreak',
    attributes: { 'user.groups{}': ['dev'], risk_score: 49 },
  };
}

function ids(file: string): readonly unknown[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => (JSON.parse(line) as { event_id: unknown }).event_id);
}

describe('a file', () => {
  test.each([
    [
      '/dev/null/risk.ndjson',
      /^exporters\.file\.path: expected a file that can be appended to at "\/dev\/null\/risk\.ndjson", found: E(?:EXIST|NOTDIR)/,
    ],
    [
      '/proc/none/deep/risk.ndjson',
      /^exporters\.file\.path: expected a file that can be appended to at "\/proc\/none\/deep\/risk\.ndjson", found: ENOENT/,
    ],
  ])('a path where no file can be is refused by the name of its key, at once: %s', async (impossible, message) => {
    await expect(create(impossible).open()).rejects.toThrow(message);
  });

  test('gets one JSON object per line, in order, and keeps what it held', async () => {
    await destination.open();
    await destination.deliver([event('1'), event('2')], never);
    await destination.close();
    await destination.open();
    await destination.deliver([event('3')], never);
    expect(ids(path)).toEqual(['1', '2', '3']);
    expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0]!)).toEqual({
      event_id: '1',
      kind: 'risk',
      time: 1_700_000_000.5,
      source: 'Secret Reading Spree',
      severity_number: 17,
      severity_text: 'ERROR',
      message: 'line\nbreak',
      attributes: { 'user.groups{}': ['dev'], risk_score: 49 },
    });
  });

  test('is created anew after it was moved away or removed', async () => {
    await destination.open();
    await destination.deliver([event('1')], never);
    renameSync(path, `${path}.1`);
    await destination.deliver([event('2')], never);
    rmSync(path);
    await destination.deliver([event('3')], never);
    expect(ids(`${path}.1`)).toEqual(['1']);
    expect(ids(path)).toEqual(['3']);
  });

  test('is written on after it was truncated in place', async () => {
    await destination.open();
    await destination.deliver([event('1')], never);
    writeFileSync(path, '');
    await destination.deliver([event('2')], never);
    expect(ids(path)).toEqual(['2']);
  });

  test('starts on a new line where a crash left half of one', async () => {
    await destination.open();
    await destination.close();
    appendFileSync(path, '{"event_id":"1","ki');
    await destination.open();
    await destination.deliver([event('1')], never);
    const [half, whole] = readFileSync(path, 'utf8').split('\n');
    expect(half).toBe('{"event_id":"1","ki');
    expect(JSON.parse(whole!)).toMatchObject({ event_id: '1' });
  });

  test('that cannot be opened keeps the exporter from starting', async () => {
    writeFileSync(join(folder, 'flat'), '');
    await expect(create(join(folder, 'flat', 'x.ndjson')).open()).rejects.toThrow(/ENOTDIR|EEXIST/u);
  });

  test('that cannot be written is tried again later, and then takes the events', async () => {
    await destination.open();
    rmSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'deep'), 'in the way');
    const failed = destination.deliver([event('1')], never);
    await expect(failed).rejects.toBeInstanceOf(RetryableError);
    await expect(failed).rejects.toThrow(`file: expected to append to "${path}", found`);
    rmSync(join(folder, 'deep'));
    await destination.deliver([event('1')], never);
    expect(ids(path)).toEqual(['1']);
  });

  test.skipIf(!existsSync('/dev/full'))('on a full disk is tried again later (needs /dev/full)', async () => {
    const full = create('/dev/full');
    await full.open();
    await expect(full.deliver([event('1')], never)).rejects.toThrow(/ENOSPC/u);
    await full.close();
  });
});

describe('standard output', () => {
  test('gets the same lines and is left open', async () => {
    const stdout = new PassThrough();
    const output = create('-', stdout);
    await output.open();
    await output.deliver([event('1')], never);
    await output.close();
    expect(stdout.writableEnded).toBe(false);
    expect(JSON.parse(String(stdout.read()))).toMatchObject({ event_id: '1' });
  });

  test('whose reader went away is a failure to try again, not the end of the process', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const output = create('-', broken);
    await output.open();
    await expect(output.deliver([event('1')], never)).rejects.toThrow(/expected to append to "-", found write EPIPE/u);
    await expect(output.deliver([event('1')], never)).rejects.toBeInstanceOf(RetryableError);
    await output.close();
  });
});
