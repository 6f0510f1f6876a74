/**
 * The durable queue in front of DuckDB: appends are written to the open segment and fsynced together
 * (group commit), closed segments wait for the loader. Numbers of segments only grow, and are loaded in order.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PermanentError, RetryableError } from '../component.ts';
import { segmentBatches } from './load-size.ts';
import { errorCode } from './lock-file.ts';
import type { CreateSegmentFile, SegmentFile } from './segment-file.ts';
import { segmentName } from './segment-name.ts';
import { batchBytes, type EncodedBatch, markBytes, type StoredBatch, segmentStart } from './spool-format.ts';

/** A segment that is no longer written to. */
export interface ClosedSegment {
  readonly id: number;
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly batches: readonly StoredBatch[];
}

export interface SpoolSettings {
  readonly directory: string;
  readonly durable: boolean;
  readonly spoolBytes: number;
  readonly pendingBytes: number;
  readonly segmentBytes: number;
}

interface OpenSegment extends ClosedSegment {
  readonly batches: StoredBatch[];
  readonly mark: Buffer;
  readonly file: SegmentFile;
}

interface PendingBatch {
  readonly batch: EncodedBatch;
  readonly bytes: number;
  resolve(): void;
  reject(reason: Error): void;
}

const groupBytes = 32 * 1024 * 1024;
const diskRetryMs = 5000;

export class Spool {
  readonly #settings: SpoolSettings;
  readonly #createFile: CreateSegmentFile;
  #nextId: number;
  #current: OpenSegment | null = null;
  /** A segment whose end could not be cut back to its last whole batch yet; nothing is written before it is. */
  #broken: OpenSegment | null = null;
  #closed: ClosedSegment[];
  #pending: PendingBatch[] = [];
  #pendingBytes = 0;
  #flushing = false;
  #isShut = false;
  #refusal: string | null = null;
  /** Segment writes and rotations, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    settings: SpoolSettings,
    createFile: CreateSegmentFile,
    recovered: readonly ClosedSegment[],
    nextId: number,
  ) {
    this.#settings = settings;
    this.#createFile = createFile;
    this.#closed = [...recovered];
    this.#nextId = nextId;
  }

  /** Bytes that are durable and not yet loaded. */
  get bytes(): number {
    return this.#closed.reduce((sum, segment) => sum + segment.bytes, this.#current?.bytes ?? 0);
  }

  /** Rows that are durable and not yet loaded. */
  get rows(): number {
    return this.#closed.reduce((sum, segment) => sum + segment.rows, this.#current?.rows ?? 0);
  }

  /** Called when rows became durable. */
  onRows: () => void = () => undefined;

  /** Closed segments, oldest first. */
  get closed(): readonly ClosedSegment[] {
    return this.#closed;
  }

  /** The newest segment that holds durable rows; 0 where none does. */
  get newest(): number {
    return this.#current !== null && this.#current.rows > 0 ? this.#current.id : (this.#closed.at(-1)?.id ?? 0);
  }

  /** While set, new appends are refused with it. */
  set refusal(reason: string | null) {
    this.#refusal = reason;
  }

  /** @throws RetryableError where there is no room for `bytes` more, PermanentError where there never will be. */
  assertRoom(bytes: number, retryAfterMs: number): void {
    const { spoolBytes, pendingBytes } = this.#settings;
    if (this.#isShut) {
      throw new RetryableError('store: expected to be running, found it shutting down.', diskRetryMs);
    }
    if (this.#refusal !== null) {
      throw new RetryableError(this.#refusal, diskRetryMs);
    }
    if (bytes > spoolBytes) {
      throw new PermanentError(`store: expected a batch of at most ${spoolBytes} bytes (spool), found ${bytes}.`);
    }
    const used = this.bytes + this.#pendingBytes;
    if (used + bytes > spoolBytes) {
      throw new RetryableError(
        `store: expected room for ${bytes} bytes in the spool, found ${used} of ${spoolBytes} bytes in use.`,
        retryAfterMs,
      );
    }
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes > pendingBytes) {
      throw new RetryableError(
        `store: expected the disk to keep up, found ${this.#pendingBytes} of ${pendingBytes} bytes waiting for it.`,
        1000,
      );
    }
  }

  /** Resolves once the batch is fsynced; rejects with RetryableError, and then nothing of it is kept. */
  append(batch: EncodedBatch): Promise<void> {
    const bytes = batchBytes(batch);
    return new Promise((resolve, reject) => {
      this.#pending.push({ batch, bytes, resolve, reject });
      this.#pendingBytes += bytes;
      if (!this.#flushing) {
        this.#flushing = true;
        void this.#flush();
      }
    });
  }

  /** Closes the open segment if it holds anything; resolves once that is done. */
  rotate(): Promise<void> {
    return this.#exclusive(() => this.#closeCurrent());
  }

  /** Forgets segments that were loaded or put aside. */
  forget(ids: ReadonlySet<number>): void {
    this.#closed = this.#closed.filter((segment) => !ids.has(segment.id));
  }

  /** Refuses new appends, finishes those taken, closes the open segment. */
  async shutdown(): Promise<void> {
    this.#isShut = true;
    while (this.#flushing) {
      await this.#turn;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.rotate();
    if (this.#broken !== null) {
      await this.#broken.file.close();
      this.#broken = null;
    }
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Never rejects: every failure goes to the appends it concerns. */
  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      await this.#exclusive(async () => {
        const group = this.#takeGroup();
        let refusal: Error | null = null;
        try {
          await this.#writeGroup(group);
        } catch (error: unknown) {
          refusal = refuse(error);
        }
        for (const { bytes, resolve, reject } of group) {
          this.#pendingBytes -= bytes;
          if (refusal === null) {
            resolve();
          } else {
            reject(refusal);
          }
        }
        const { bytes = 0, batches = [] } = this.#current ?? {};
        if (bytes >= this.#settings.segmentBytes || batches.length >= segmentBatches) {
          await this.#closeCurrent();
        }
      });
    }
    this.#flushing = false;
  }

  #takeGroup(): readonly PendingBatch[] {
    let count = 0;
    for (let bytes = 0; count < this.#pending.length && bytes < groupBytes; count++) {
      bytes += this.#pending[count]?.bytes ?? 0;
    }
    return this.#pending.splice(0, count);
  }

  async #writeGroup(group: readonly PendingBatch[]): Promise<void> {
    await this.#repair();
    const segment = await this.#openCurrent();
    const stored: StoredBatch[] = [];
    const buffers: Buffer[] = segment.bytes === 0 ? [segmentStart] : [];
    let end = segment.bytes + (segment.bytes === 0 ? segmentStart.length : 0);
    for (const { batch, bytes } of group) {
      stored.push({ start: end, header: batch.header });
      buffers.push(segment.mark, batch.header, batch.rows);
      end += bytes;
    }
    try {
      await segment.file.write(buffers, segment.bytes);
      if (this.#settings.durable) {
        await segment.file.sync();
      }
    } catch (error: unknown) {
      // After a failed fsync nobody knows which pages the disk has, so this segment is never written to again.
      this.#current = null;
      this.#broken = segment;
      await this.#repair().catch(() => undefined);
      throw error;
    }
    segment.batches.push(...stored);
    const rows = group.reduce((sum, { batch }) => sum + batch.rowCount, segment.rows);
    this.#current = { ...segment, bytes: end, rows };
    this.onRows();
  }

  async #openCurrent(): Promise<OpenSegment> {
    if (this.#current === null) {
      const id = this.#nextId;
      const mark = randomBytes(markBytes);
      const path = join(this.#settings.directory, segmentName(id, mark));
      // The number is spent even if creating fails half-way.
      this.#nextId += 1;
      this.#current = { id, path, bytes: 0, rows: 0, batches: [], mark, file: await this.#createFile(path) };
    }
    return this.#current;
  }

  async #closeCurrent(): Promise<void> {
    if (this.#current === null || this.#current.bytes === 0) {
      return;
    }
    const { file, ...segment } = this.#current;
    this.#current = null;
    this.#closed = [...this.#closed, segment];
    // Its bytes are fsynced: a descriptor that does not close loses nothing and concerns no append.
    await file.close().catch(() => undefined);
  }

  /** Cuts what a failed write left behind the last whole batch, so that a refused batch is not half kept. */
  async #repair(): Promise<void> {
    if (this.#broken === null) {
      return;
    }
    const { file, ...segment } = this.#broken;
    await file.truncate(segment.bytes);
    await file.sync();
    this.#broken = null;
    if (segment.bytes > 0) {
      this.#closed = [...this.#closed, segment];
    }
    await file.close();
  }
}

function refuse(error: unknown): Error {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RetryableError('store: expected room on the disk of storage.directory, found it full.', diskRetryMs, {
      cause: error,
    });
  }
  return new RetryableError(
    `store: expected to write the spool, found ${error instanceof Error ? error.message : String(error)}.`,
    diskRetryMs,
    { cause: error },
  );
}
