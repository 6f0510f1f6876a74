/**
 * The file exporter: NDJSON appended to a file, fsynced per batch; or standard output.
 *
 * A file that was moved away or removed is created anew before the next batch, so logrotate works with or without a
 * signal. Where a crash or a full disk left half a line, the next batch starts on a new one: bytes that others may
 * have read are never taken back, and the half event is delivered again as a whole.
 */
import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { PermanentError, RetryableError } from '../../component.ts';
import { DELIVERED, type Destination } from '../destination.ts';
import { printLine } from './print-line.ts';
import type { FileExporterSettings } from './settings.ts';

const LINE_FEED = 0x0a;

/** Creates the exporter; `stdout` is where the path `-` writes to. */
export function createFileDestination(settings: FileExporterSettings, stdout: Writable): Destination {
  const { name, retry, batch, path } = settings;
  const sink = path === '-' ? new StreamSink(stdout) : new FileSink(path);
  return {
    name,
    retry,
    batch,
    async open() {
      try {
        await sink.open();
      } catch (error: unknown) {
        const found = error instanceof Error ? error.message : String(error);
        const message = `exporters.${name}.path: expected a file that can be appended to at "${path}", found: ${found}.`;
        throw new PermanentError(message, { cause: error });
      }
    },
    async close() {
      try {
        await sink.close();
      } catch (error: unknown) {
        const found = error instanceof Error ? error.message : String(error);
        throw new Error(`exporters.${name}.path: expected to close "${path}", found: ${found}.`, { cause: error });
      }
    },
    async deliver(events) {
      try {
        await sink.append(events.map(printLine).join(''));
        return DELIVERED;
      } catch (error: unknown) {
        const found = error instanceof Error ? error.message : String(error);
        throw new RetryableError(`${name}: expected to append to "${path}", found ${found}.`, 0, { cause: error });
      }
    },
  };
}

interface Sink {
  open(): Promise<void>;
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

class FileSink implements Sink {
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<void> {
    this.#file ??= await openForAppending(this.#path);
  }

  async append(text: string): Promise<void> {
    if (this.#file !== undefined && !(await isStillThere(this.#file, this.#path))) await this.close();
    await this.open();
    try {
      await this.#file?.appendFile(text);
      await this.#file?.datasync();
    } catch (error: unknown) {
      // Opening again looks at what was left behind.
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

class StreamSink implements Sink {
  readonly #stream: Writable;
  #failure: Error | undefined;
  readonly #remember = (error: Error): void => {
    this.#failure = error;
  };

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  async open(): Promise<void> {
    // Without a listener a reader that went away (EPIPE) would end the process.
    this.#stream.on('error', this.#remember);
  }

  append(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#stream.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#stream.off('error', this.#remember);
  }
}

async function openForAppending(path: string): Promise<FileHandle> {
  await makeFolder(dirname(path));
  const file = await open(path, constants.O_APPEND | constants.O_CREAT | constants.O_RDWR, 0o640);
  try {
    const { size } = await file.stat();
    if (size === 0) {
      await syncFolder(path);
    } else {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== LINE_FEED) await file.appendFile('\n');
    }
    return file;
  } catch (error: unknown) {
    await file.close();
    throw error;
  }
}

/** With its parents, one by one: where the system refuses with ENOENT (/proc), Node's own recursion never ends. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error: unknown) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path || existsSync(dirname(path))) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/** A new file's name is durable only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function isStillThere(file: FileHandle, path: string): Promise<boolean> {
  try {
    const [held, named] = await Promise.all([file.stat(), stat(path)]);
    return held.ino === named.ino && held.dev === named.dev;
  } catch (error: unknown) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
