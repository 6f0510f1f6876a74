import { once } from 'node:events';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { writeText } from '../../src/format/index.ts';

describe('writeText', () => {
  test('waits until the reader took what was written', async () => {
    let release: () => void = () => undefined;
    const output = new Writable({
      write: (_chunk, _encoding, done) => {
        release = done;
      },
    });
    let isDone = false;
    const writing = writeText(output, 'x').then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    release();
    await writing;
    expect(isDone).toBe(true);
  });

  test("rejects with the stream's own error and leaves no listener behind", async () => {
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    output.on('error', () => undefined);
    await expect(writeText(output, 'x')).rejects.toMatchObject({ code: 'EPIPE' });
    expect(output.listenerCount('close')).toBe(0);
    expect(output.listenerCount('error')).toBe(1);
  });

  test('rejects when the stream closes under it, and when it has closed before', async () => {
    const output = new Writable({ write: () => undefined });
    const writing = writeText(output, 'never read');
    output.destroy();
    await expect(writing).rejects.toThrow();
    if (!output.closed) await once(output, 'close');
    await expect(writeText(output, 'x')).rejects.toMatchObject({ code: 'EPIPE' });
  });
});
