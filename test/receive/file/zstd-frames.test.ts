import { constants, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { splitZstdFrames } from '../../../src/receive/file/zstd-frames.ts';
import { randomNumbers } from '../../support/random-numbers.ts';

async function splitAll(data: Buffer, chunkBytes: number): Promise<Buffer[]> {
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < data.length; at += chunkBytes) yield data.subarray(at, at + chunkBytes);
  }
  const pieces: Buffer[] = [];
  for await (const piece of splitZstdFrames(chunks())) pieces.push(piece);
  return pieces;
}

/** Frames of every make: with and without checksum and content size, several blocks, RLE blocks, empty. */
function frames(): Buffer[] {
  const random = randomNumbers(7);
  const noise = Buffer.from(Array.from({ length: 140_000 }, () => random() * 256));
  const checksum = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
  const noSize = { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } };
  const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('12345')]);
  return [
    zstdCompressSync('a'),
    zstdCompressSync(''),
    zstdCompressSync(noise),
    skippable,
    zstdCompressSync(noise, checksum),
    zstdCompressSync('x'.repeat(500_000), noSize),
    zstdCompressSync('x'.repeat(500), { params: { ...checksum.params, ...noSize.params } }),
  ];
}

it('starts a chunk with every frame, whatever chunks came', async () => {
  const whole = frames();
  const starts = new Set<number>();
  for (let at = 0, index = 0; index < whole.length; at += whole[index++]!.length) starts.add(at);
  for (const chunkBytes of [3, 1_000, 10_000_000]) {
    const pieces = await splitAll(Buffer.concat(whole), chunkBytes);
    expect(Buffer.concat(pieces).equals(Buffer.concat(whole))).toBe(true);
    const pieceStarts = new Set<number>();
    for (let at = 0, index = 0; index < pieces.length; at += pieces[index++]!.length) pieceStarts.add(at);
    expect([...starts].filter((start) => !pieceStarts.has(start))).toEqual([]);
  }
});

it('passes on what is no zstd', async () => {
  const data = Buffer.concat([zstdCompressSync('a'), Buffer.from('this is no zstd')]);
  expect(Buffer.concat(await splitAll(data, 5)).equals(data)).toBe(true);
});
