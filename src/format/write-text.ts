/** Writes text to a stream at the reader's speed. */

/** A stream that can be written to: standard output, a file, an HTTP response. */
export interface TextOutput {
  readonly destroyed?: boolean;
  write(text: string, done: (error?: Error | null) => void): boolean;
  once(event: 'close' | 'error', listener: (error?: Error) => void): unknown;
  removeListener(event: 'close' | 'error', listener: (error?: Error) => void): unknown;
}

/**
 * Resolves when the text was handed on. Rejects when the reader has gone: with the stream's own error
 * (`EPIPE`), or one with the code `EPIPE` where the stream just closed.
 */
export function writeText(output: TextOutput, text: string): Promise<void> {
  if (text === '') return Promise.resolve();
  if (output.destroyed === true) return Promise.reject(closed());
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      output.removeListener('close', onClose);
      output.removeListener('error', settle);
      if (error) reject(error);
      else resolve();
    };
    const onClose = (): void => settle(closed());
    output.once('close', onClose);
    output.once('error', settle);
    output.write(text, settle);
  });
}

function closed(): Error {
  return Object.assign(new Error('output: expected a reader, found that it has gone.'), { code: 'EPIPE' });
}
