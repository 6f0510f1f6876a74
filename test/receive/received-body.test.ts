import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Admission } from '../../src/receive/admission.ts';
import { ReceivedBody } from '../../src/receive/received-body.ts';

function bodyOf(wire: Buffer, compression: 'gzip' | undefined): ReceivedBody {
  const limits = {
    maxConcurrentRequests: 1,
    maxInFlightBytes: 2 ** 26,
    maxConcurrentConsumes: 1,
    maxWaitMs: 10_000,
  };
  const ticket = new Admission(limits, () => 0).enter();
  return new ReceivedBody(wire, { compression, limitBytes: 2 ** 25, ticket, isSenderGone: () => false });
}

test('a large body that was unpacked leaves no memory behind once it is released', async () => {
  const body = bodyOf(gzipSync(Buffer.alloc(5_000_000, 'text')), 'gzip');
  const bytes = await body.unpack('gzip');
  expect(bytes.length).toBe(5_000_000);
  body.release();
  expect(bytes.length).toBe(0);
  expect(bytes.buffer.byteLength).toBe(0);
});

test('a released body takes nothing from others that share its memory', async () => {
  const small = bodyOf(gzipSync('text'), 'gzip');
  const bytes = await small.unpack('gzip');
  small.release();
  expect(bytes.toString()).toBe('text');
  const asItCame = bodyOf(Buffer.alloc(5_000_000, 'text'), undefined);
  const wire = await asItCame.unpack(undefined);
  asItCame.release();
  expect(wire.length).toBe(5_000_000);
});
