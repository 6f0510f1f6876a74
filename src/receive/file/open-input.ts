/**
 * A file or standard input as decompressed chunks. gzip and zstd are told by their first bytes, not by the
 * file's name; several gzip members or zstd frames one after the other are one input.
 */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { InputError } from './input-error.ts';
import { splitZstdFrames } from './zstd-frames.ts';

const CHUNK_BYTES = 1 << 20;

/** Chunks of the decompressed bytes, without a UTF-8 byte-order mark. Fails with InputError. */
export async function* openInput(path: string, stdin: Readable): AsyncGenerator<Buffer> {
  const input: Readable = path === '-' ? stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const name = path === '-' ? 'standard input' : path;
  let decompressor = '';
  let isFirst = true;
  try {
    const { head, rest } = await takeHead(input);
    const compression = detectCompression(head);
    decompressor = compression ?? '';
    for await (const chunk of compression === null ? rest : decompress(rest, compression)) {
      yield isFirst ? checkStart(chunk, name) : chunk;
      isFirst = false;
    }
  } catch (error: unknown) {
    throw explain(error, name, decompressor);
  } finally {
    if (input !== stdin) input.destroy();
  }
}

type Compression = 'gzip' | 'zstd';

function detectCompression(head: Buffer): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : null;
}

/** Reads until there are the four bytes that tell a compression; a pipe may deliver fewer at a time. */
async function takeHead(input: Readable): Promise<{ head: Buffer; rest: AsyncGenerator<Buffer> }> {
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* rest(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  return { head, rest: rest() };
}

function decompress(chunks: AsyncGenerator<Buffer>, compression: Compression): AsyncIterable<Buffer> {
  const options = { chunkSize: CHUNK_BYTES };
  const decompressor = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
  // The pipeline destroys the decompressor with its error, so whoever iterates over it gets that error.
  pipeline(compression === 'gzip' ? chunks : splitZstdFrames(chunks), decompressor, () => undefined);
  return decompressor;
}

function checkStart(chunk: Buffer, name: string): Buffer {
  if ((chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)) {
    throw new InputError({ path: name }, 'expected UTF-8 text, found UTF-16. Convert it, for example with iconv.');
  }
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

function explain(error: unknown, name: string, compression: string): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const options = { cause: error };
  if (code === 'ENOENT') return new InputError({ path: name }, 'expected a file, found nothing of that name.', options);
  if (code === 'EISDIR') return new InputError({ path: name }, 'expected a file, found a directory.', options);
  if (code === 'EACCES' || code === 'EPERM') {
    return new InputError({ path: name }, `expected a readable file, found no permission (${code}).`, options);
  }
  if (compression !== '') {
    return new InputError({ path: name }, `expected whole ${compression} data, found: ${error.message}.`, options);
  }
  return new InputError({ path: name }, `expected a readable file, found: ${error.message}.`, options);
}
