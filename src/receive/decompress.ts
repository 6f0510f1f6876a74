/** Undoes a request's compression, chunk by chunk, so that a bomb stops at the limit instead of filling memory. */
import type { Transform } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { BadDataError } from './bad-data-error.ts';
import { tooLarge } from './refusal.ts';

export const COMPRESSIONS = ['gzip', 'zstd', 'deflate'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

const SMALLEST_CHUNK = 16 * 1024;
const LARGEST_CHUNK = 16 * 1024 * 1024;
const LARGEST_DEFLATE_RATIO = 1032;

export interface DecompressOptions {
  readonly limitBytes: number;
  /** Called before bytes are kept; may throw a refusal. */
  readonly reserve: (bytes: number) => void;
}

/** Throws BadDataError where the bytes are damaged, a `too_large` refusal at the limit. */
export function decompress(bytes: Buffer, compression: Compression, options: DecompressOptions): Promise<Buffer> {
  const decompressor = create(compression, bytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    decompressor.on('data', (chunk: Buffer) => {
      try {
        if (length + chunk.length > options.limitBytes) {
          throw tooLarge('request body after decompression', options.limitBytes);
        }
        options.reserve(chunk.length);
      } catch (error: unknown) {
        decompressor.destroy();
        reject(error);
        return;
      }
      chunks.push(chunk);
      length += chunk.length;
    });
    decompressor.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
    });
    decompressor.on('error', (error: Error) => {
      reject(new BadDataError('request body', `expected ${compression}, found: ${error.message}.`, { cause: error }));
    });
    decompressor.end(bytes);
  });
}

/**
 * Each chunk is a trip to a thread and a copy at the end: as few as the size lets expect, without a large buffer for a
 * small request.
 */
function create(compression: Compression, bytes: Buffer): Transform {
  const expected = (compression === 'gzip' && announcedSize(bytes)) || bytes.length * 8;
  // One byte more than what comes: a chunk that is exactly full makes zlib ask for another.
  const chunkSize = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, expected + 1));
  switch (compression) {
    case 'gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return createInflate({ chunkSize });
    case 'zstd':
      return createZstdDecompress({ chunkSize });
  }
}

/** What the last four bytes say (RFC 1952, ISIZE); undefined where deflate cannot have made that much of so little. */
function announcedSize(bytes: Buffer): number | undefined {
  if (bytes.length < 18) return undefined;
  const size = bytes.readUInt32LE(bytes.length - 4);
  return size <= bytes.length * LARGEST_DEFLATE_RATIO ? size : undefined;
}
