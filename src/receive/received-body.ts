/** A body as it came off the wire, on its way to the bytes that it stands for. */
import type { Ticket } from './admission.ts';
import { SenderGoneError } from './collect-bytes.ts';
import { type Compression, decompress } from './decompress.ts';

/** Bytes; of these Node allocates each by itself. */
const SMALLEST_RELEASED = 1024 * 1024;

export interface ReceivedBodyOptions {
  /** What the sender says; undefined: none. */
  readonly compression: Compression | undefined;
  /** Largest body after decompression. */
  readonly limitBytes: number;
  readonly ticket: Ticket;
  readonly isSenderGone: () => boolean;
}

export class ReceivedBody {
  readonly wire: Buffer;
  readonly compression: Compression | undefined;
  readonly #options: ReceivedBodyOptions;
  #unpackedWithin = 0;
  #unpacked: Buffer | null = null;

  constructor(wire: Buffer, options: ReceivedBodyOptions) {
    this.wire = wire;
    this.compression = options.compression;
    this.#options = options;
  }

  /**
   * Waits for the turn and undoes `compression` in it; once. Throws what `refusalOf` sorts, or SenderGoneError where
   * nobody would hear the answer any more when the turn has come.
   */
  async unpack(compression: Compression | undefined): Promise<Buffer> {
    const { limitBytes, ticket, isSenderGone } = this.#options;
    await ticket.waitForTurn();
    if (isSenderGone()) throw new SenderGoneError('the sender went away while its request waited.');
    if (compression === undefined) return this.wire;
    this.#unpacked = await decompress(this.wire, compression, {
      limitBytes,
      reserve: (bytes) => ticket.reserve(bytes),
    });
    return this.#unpacked;
  }

  /**
   * Gives the memory of what was unpacked back at once; whoever still has it finds no bytes. The garbage collector would
   * give it back later, and begins to look through everything for each 64 MiB: at full speed several times a second.
   */
  release(): void {
    const bytes = this.#unpacked;
    this.#unpacked = null;
    // Smaller ones may stand in memory that others share.
    if (bytes === null || bytes.length < SMALLEST_RELEASED || !(bytes.buffer instanceof ArrayBuffer)) return;
    bytes.buffer.transfer(0);
  }

  /** What is packed within the unpacked body: all of it together has the same bound. Throws as `decompress` does. */
  async unpackWithin(packed: Buffer, compression: Compression): Promise<Buffer> {
    const { limitBytes, ticket } = this.#options;
    const unpacked = await decompress(packed, compression, {
      limitBytes: limitBytes - this.#unpackedWithin,
      reserve: (bytes) => ticket.reserve(bytes),
    });
    this.#unpackedWithin += unpacked.length;
    return unpacked;
  }
}
