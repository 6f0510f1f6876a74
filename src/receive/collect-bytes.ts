/** Reads a request's body whole, within bounds. */
import type { Readable } from 'node:stream';
import { RefusedError, tooLarge } from './refusal.ts';

export interface CollectOptions {
  readonly what: string;
  readonly limitBytes: number;
  readonly timeoutMs: number;
  /** Called before bytes are kept; may throw a refusal. */
  readonly reserve: (bytes: number) => void;
  /** Sees the bytes as they come; may throw a refusal. */
  readonly inspect?: (chunk: Buffer, offset: number) => void;
}

/** The sender went away; there is nobody to answer. */
export class SenderGoneError extends Error {}

/**
 * Resolves to the body once the sender ended it. On a refusal the stream is left paused and open, so that the caller
 * can still answer.
 */
export function collectBytes(stream: Readable, options: CollectOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;

    const settle = (): void => {
      clearTimeout(timer);
      stream.off('data', onData);
      stream.off('end', onEnd);
      stream.off('close', onClose);
      stream.off('error', onError);
    };
    const refuse = (error: unknown): void => {
      settle();
      stream.pause();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      try {
        if (length + chunk.length > options.limitBytes) throw tooLarge(options.what, options.limitBytes);
        options.reserve(chunk.length);
        options.inspect?.(chunk, length);
      } catch (error: unknown) {
        refuse(error);
        return;
      }
      chunks.push(chunk);
      length += chunk.length;
    };
    const onEnd = (): void => {
      settle();
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
    };
    const onClose = (): void => {
      settle();
      reject(new SenderGoneError(`${options.what}: the sender closed after ${length} bytes.`));
    };
    const onError = (error: Error): void => {
      settle();
      reject(new SenderGoneError(`${options.what}: ${error.message}`, { cause: error }));
    };
    const timer = setTimeout(() => {
      refuse(
        new RefusedError({
          reason: 'timeout',
          message: `${options.what}: expected all of it within ${options.timeoutMs} ms, found ${length} bytes.`,
          retryAfterMs: 1000,
        }),
      );
    }, options.timeoutMs);

    stream.on('data', onData);
    stream.on('end', onEnd);
    stream.on('close', onClose);
    stream.on('error', onError);
  });
}
