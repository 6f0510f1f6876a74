/**
 * Small batches that come while another is being written wait for it and go on together: each batch of the spool costs
 * its load half a millisecond, however few its rows are.
 */
import type { NormalizedBatch } from '../component.ts';

export interface ArrivedBatch {
  readonly batch: NormalizedBatch;
  readonly arrivalMicros: number;
  readonly rows: number;
  /** Bytes of the texts. */
  readonly rawBytes: number;
}

interface Waiting {
  readonly arrived: ArrivedBatch;
  resolve(): void;
  reject(reason: unknown): void;
}

const mostRows = 256;
const mostBytes = 256 * 1024;
const mostTogether = 4096;

export class SmallBatches {
  readonly #write: (batches: readonly ArrivedBatch[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #isWriting = false;

  /** `write` makes batches durable, all of them or none. */
  constructor(write: (batches: readonly ArrivedBatch[]) => Promise<void>) {
    this.#write = write;
  }

  /** Bytes of the texts that wait. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, { arrived }) => sum + arrived.rawBytes, 0);
  }

  /** Resolves once the batch is durable; rejects as `write` does. */
  append(arrived: ArrivedBatch): Promise<void> {
    if (arrived.rows > mostRows || arrived.rawBytes > mostBytes) return this.#write([arrived]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ arrived, resolve, reject });
      if (!this.#isWriting) void this.#writeWaiting();
    });
  }

  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, mostTogether);
      try {
        await this.#write(together.map(({ arrived }) => arrived));
        for (const { resolve } of together) resolve();
      } catch (error: unknown) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
