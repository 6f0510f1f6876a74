/**
 * Cuts zstd data between frames (RFC 8878, section 3.1). Node's decompressor (24.21) drops, without a word,
 * what follows the end of a frame in the same chunk; at the start of a chunk a further frame is read. Files of
 * several frames are what `cat a.zst b.zst` and parallel compressors make.
 *
 * Only lengths are read. Data that is no zstd is passed on as it is, for the decompressor to refuse.
 */

const FRAME_MAGIC = 0xfd2fb528;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const RLE_BLOCK = 1;

type State = 'magic' | 'skippable' | 'descriptor' | 'block' | 'unknown';

/** The same bytes, so that every frame starts a chunk. */
export async function* splitZstdFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new FrameReader();
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length; ) {
      at += frames.read(chunk, at);
      if (!frames.isBetween || at === start) continue;
      yield chunk.subarray(start, at);
      start = at;
    }
    if (start < chunk.length) yield chunk.subarray(start);
  }
}

class FrameReader {
  #state: State = 'magic';
  /** Bytes of the content that is to be passed over before the next field. */
  #skip = 0;
  /** The field being read: little-endian value so far, its bytes read and its length. */
  #value = 0;
  #read = 0;
  #hasChecksum = false;

  /** True at the end of a frame. */
  get isBetween(): boolean {
    return this.#state === 'magic' && this.#read === 0 && this.#skip === 0;
  }

  /** Takes in bytes from `at` on, up to the end of a field or of what is skipped; returns how many, at least 1. */
  read(chunk: Buffer, at: number): number {
    if (this.#state === 'unknown') return chunk.length - at;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, chunk.length - at);
      this.#skip -= skipped;
      return skipped;
    }
    // Multiplied and not shifted: the magic number has its 32nd bit set.
    this.#value += (chunk[at] ?? 0) * 2 ** (8 * this.#read++);
    if (this.#read === fieldBytes(this.#state)) {
      const value = this.#value;
      this.#value = 0;
      this.#read = 0;
      this.#take(value);
    }
    return 1;
  }

  #take(value: number): void {
    if (this.#state === 'magic') {
      if (value === FRAME_MAGIC) this.#state = 'descriptor';
      else this.#state = value >= 0x184d2a50 && value <= 0x184d2a5f ? 'skippable' : 'unknown';
    } else if (this.#state === 'skippable') {
      this.#skip = value;
      this.#state = 'magic';
    } else if (this.#state === 'descriptor') {
      const isSingleSegment = (value & 0x20) !== 0;
      const contentSize = value >> 6 === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[value >> 6] ?? 0);
      this.#skip = (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[value & 3] ?? 0) + contentSize;
      this.#hasChecksum = (value & 4) !== 0;
      this.#state = 'block';
    } else {
      const isLast = (value & 1) !== 0;
      this.#skip = ((value >> 1) & 3) === RLE_BLOCK ? 1 : value >> 3;
      if (!isLast) return;
      this.#skip += this.#hasChecksum ? 4 : 0;
      this.#state = 'magic';
    }
  }
}

function fieldBytes(state: State): number {
  if (state === 'descriptor') return 1;
  return state === 'block' ? 3 : 4;
}
