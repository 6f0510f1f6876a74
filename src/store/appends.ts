/**
 * Batches on their way into the spool. Those that are there as rows are written together, as many as come while one
 * write lasts; those that come in pieces are encoded piece by piece, one batch after the other.
 */
import { setImmediate } from 'node:timers/promises';
import type { AuditRow, LogRow, NormalizedBatch, PiecewiseBatch } from '../component.ts';
import type { OpenStore } from './open-store.ts';
import { GrowingBuffer } from './parquet/growing-buffer.ts';
import { type EncodedRows, RowColumns } from './row-columns.ts';
import { ShareQueue } from './share-queue.ts';
import { type ArrivedBatch, SmallBatches } from './small-batches.ts';
import { batchBytes, encodeBatch } from './spool-format.ts';
import type { StoreContext } from './store-context.ts';

export type AnyBatch = NormalizedBatch | PiecewiseBatch;

type RowCounts = Pick<EncodedRows, 'auditRows' | 'logRows'>;

/** About 4 ms of work; the loader, queries and other requests get their turns in between. */
const rowsAtOnce = 256;

const mostSpare = 2;
/** Bytes that a spare buffer keeps. */
const mostKept = 32 * 1024 * 1024;

export class Appends {
  readonly #opened: () => OpenStore;
  readonly #context: Pick<StoreContext, 'metrics' | 'clock'>;
  readonly #columns = new RowColumns();
  /** Whoever uses `#columns`. */
  readonly #encoding = new ShareQueue(1);
  readonly #smallColumns = new RowColumns();
  /** For large batches: memory of this size that is thrown away makes the garbage collector look through everything. */
  readonly #spare: GrowingBuffer[] = [];
  readonly #small = new SmallBatches((batches) => this.#writeTogether(batches));

  /** `opened` throws where the store is not open. */
  constructor(opened: () => OpenStore, context: Pick<StoreContext, 'metrics' | 'clock'>) {
    this.#opened = opened;
    this.#context = context;
  }

  /** Resolves once the rows are durable; rejects where there is no room for them. */
  async append(batch: AnyBatch): Promise<void> {
    const { metrics } = this.#context;
    const started = performance.now();
    const written = 'pieces' in batch ? await this.#appendPieces(batch) : await this.#appendRows(batch);
    if (written.auditRows + written.logRows === 0) return;
    metrics.observe('pintail_store_append_duration_seconds', (performance.now() - started) / 1000);
    metrics.add('pintail_store_appended_rows_total', written.auditRows, { table: 'kube_audit' });
    metrics.add('pintail_store_appended_rows_total', written.logRows, { table: 'logs' });
  }

  async #appendRows(batch: NormalizedBatch): Promise<RowCounts> {
    const counts = { auditRows: batch.audit.length, logRows: batch.logs.length };
    const rows = counts.auditRows + counts.logRows;
    if (rows === 0) return counts;
    await this.#countingRefused(rows, async () => {
      let rawBytes = 0;
      for (const table of [batch.audit, batch.logs]) {
        for (const row of table) rawBytes += rawBytesOf(row);
      }
      this.#assertRoom(rawBytes);
      await this.#small.append({ batch, arrivalMicros: this.#context.clock() * 1000, rows, rawBytes });
    });
    return counts;
  }

  async #appendPieces({ pieces, expectedBytes, expectedRows }: PiecewiseBatch): Promise<RowCounts> {
    await this.#countingRefused(expectedRows, () => this.#assertRoom(expectedBytes));
    const arrivalMicros = this.#context.clock() * 1000;
    const capacity = Math.ceil(expectedBytes * 1.25) + 16_384;
    let out: GrowingBuffer | undefined;
    try {
      const encoded = await this.#encoding.run(() => {
        out = this.#spare.pop() ?? new GrowingBuffer(capacity);
        return this.#encode(pieces, arrivalMicros, out);
      });
      const { auditRows, logRows } = encoded;
      const rows = auditRows + logRows;
      if (rows > 0) await this.#countingRefused(rows, () => this.#write(encoded));
      return { auditRows, logRows };
    } finally {
      out?.clear(mostKept);
      if (out !== undefined && this.#spare.length < mostSpare) this.#spare.push(out);
    }
  }

  async #encode(pieces: Iterable<NormalizedBatch>, arrivalMicros: number, out: GrowingBuffer): Promise<EncodedRows> {
    let rows = 0;
    this.#columns.begin();
    for (const batch of pieces) {
      this.#columns.add({ batch, arrivalMicros });
      rows += batch.audit.length + batch.logs.length;
      if (rows >= rowsAtOnce) {
        rows = 0;
        await setImmediate();
      }
    }
    return this.#columns.finish(out);
  }

  async #countingRefused(rows: number, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error: unknown) {
      this.#context.metrics.add('pintail_store_refused_rows_total', rows);
      throw error;
    }
  }

  /** Before the work of writing rows down, with the least that they can be. */
  #assertRoom(rawBytes: number): void {
    const { spool, loader } = this.#opened();
    spool.assertRoom(this.#small.waitingBytes + rawBytes, loader.drainMs(rawBytes));
  }

  async #writeTogether(batches: readonly ArrivedBatch[]): Promise<void> {
    const expectedBytes = batches.reduce((sum, { rows, rawBytes }) => sum + rawBytes + rows * 192, 16_384);
    await this.#write(this.#smallColumns.encode(batches, expectedBytes));
  }

  async #write(rows: EncodedRows): Promise<void> {
    const open = this.#opened();
    const { spool, loader } = open;
    const encoded = encodeBatch(rows);
    const bytes = batchBytes(encoded);
    spool.assertRoom(bytes, loader.drainMs(bytes));
    if (spool.bytes === 0) open.beginWait();
    await spool.append(encoded);
  }
}

/** Without decoding what is there as bytes. */
function rawBytesOf(row: AuditRow | LogRow): number {
  return 'placed' in row && row.placed !== undefined ? row.placed.bytes.length : row._raw.length;
}
