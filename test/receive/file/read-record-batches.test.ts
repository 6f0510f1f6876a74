import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { RecordBatch } from '../../../src/component.ts';
import { InputError, type ReadOptions, readRecordBatches } from '../../../src/receive/file/index.ts';
import { normalize } from '../../support/normalize.ts';

const EVENT = '{"kind":"Event","auditID":"a-1","verb":"get"}';
const OTHER = '{"other":1}';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pintail-file-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

async function batchesOf(path: string, options: ReadOptions = {}): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of readRecordBatches(path, options)) batches.push(batch);
  return batches;
}

function bodiesOf(batches: readonly RecordBatch[]): unknown[] {
  return batches.flatMap(({ resourceLogs }) =>
    resourceLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body)),
  );
}

async function failureOf(batches: AsyncIterable<RecordBatch>): Promise<{ error: InputError; bodies: unknown[] }> {
  const seen: RecordBatch[] = [];
  try {
    for await (const batch of batches) seen.push(batch);
  } catch (error: unknown) {
    if (error instanceof InputError) return { error, bodies: bodiesOf(seen) };
    throw error;
  }
  throw new Error('expected a failure, found none');
}

describe('reads', () => {
  const LINES = `${EVENT}\n${OTHER}\n`;

  test.each<[string, () => string | Buffer]>([
    ['plain text', () => LINES],
    ['text behind a byte-order mark', () => `\ufeff${LINES}`],
    ['gzip', () => gzipSync(LINES)],
    ['gzip of several members', () => Buffer.concat([gzipSync(`${EVENT}\n`), gzipSync(`${OTHER}\n`)])],
    ['zstd', () => zstdCompressSync(LINES)],
    ['zstd of several frames', () => Buffer.concat([zstdCompressSync(`${EVENT}\n`), zstdCompressSync(`${OTHER}\n`)])],
    ['gzip of text behind a byte-order mark', () => gzipSync(`\ufeff${LINES}`)],
  ])('%s, whatever the file is called', async (name, content) => {
    const path = await fileOf(`${name.replaceAll(' ', '-')}.data`, content());
    expect(bodiesOf(await batchesOf(path))).toEqual([EVENT, OTHER]);
  });

  it('an empty file as no batch', async () => {
    expect(await batchesOf(await fileOf('empty', ''))).toEqual([]);
  });

  it('standard input, also where it comes byte by byte', async () => {
    const stdin = Readable.from([...gzipSync(LINES)].map((byte) => Buffer.from([byte])));
    const batches = await batchesOf('-', { stdin });
    expect(bodiesOf(batches)).toEqual([EVENT, OTHER]);
    expect(batches[0]?.metadata?.source).toBe('standard input');
  });

  it('no more of the input than is asked for, and lets go of it', async () => {
    let made = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        made++;
        yield Buffer.from(`${OTHER}\n`.repeat(1_000));
      }
    }
    const stdin = Readable.from(endless());
    let seen = 0;
    for await (const batch of readRecordBatches('-', { stdin, batchSize: 500 })) {
      seen += bodiesOf([batch]).length;
      if (seen >= 3_000) break;
    }
    expect(seen).toBe(3_000);
    expect(made).toBeLessThan(200);
    stdin.destroy();
  });
});

describe('a batch', () => {
  it('names the receiver, the path as its source, and what the options say', async () => {
    const path = await fileOf('named.ndjson', EVENT);
    expect((await batchesOf(path))[0]).toMatchObject({ receiver: 'file', metadata: { source: path } });
    const options = { cluster: 'prod', metadata: { index: 'k8s', sourcetype: '_json' } };
    expect((await batchesOf(path, options))[0]).toMatchObject({
      cluster: 'prod',
      metadata: { source: path, index: 'k8s', sourcetype: '_json' },
    });
    expect((await batchesOf(path, { metadata: { source: 'kubernetes' } }))[0]?.metadata?.source).toBe('kubernetes');
  });

  it('holds at most batchSize records', async () => {
    const path = await fileOf('many.ndjson', `${OTHER}\n`.repeat(10));
    const batches = await batchesOf(path, { batchSize: 4 });
    expect(batches.map((batch) => bodiesOf([batch]).length)).toEqual([4, 4, 2]);
  });

  it('is handed on early where its texts are long', async () => {
    const path = await fileOf('long.ndjson', `${JSON.stringify({ text: 'x'.repeat(6 * 1024 * 1024) })}\n`.repeat(4));
    expect((await batchesOf(path)).map((batch) => bodiesOf([batch]).length)).toEqual([3, 1]);
  });

  it('numbers the records that nothing else tells apart, so that equal lines of a file all count, and only once', async () => {
    const path = await fileOf('equal.log', `tick\n${EVENT}\ntick\n\ntick\n`);
    const identities = (batches: readonly RecordBatch[]) =>
      batches.flatMap((batch) => normalize(batch, { arrivalMicros: 1 }).logs.map(({ identity }) => identity));
    const batches = await batchesOf(path, { batchSize: 1 });
    expect(batches.map((batch) => batch.resourceLogs[0]?.logRecords[0]?.attributes)).toEqual([
      { 'log.file.record_number': 1 },
      {},
      { 'log.file.record_number': 3 },
      { 'log.file.record_number': 5 },
    ]);
    expect(new Set(identities(batches)).size).toBe(3);
    expect(identities(await batchesOf(path))).toEqual(identities(batches));
  });
});

describe('says clearly that', () => {
  it('there is no such file', async () => {
    const path = join(directory, 'missing.ndjson');
    const { error } = await failureOf(readRecordBatches(path));
    expect(error.message).toBe(`${path}: expected a file, found nothing of that name.`);
  });

  it('it is a directory', async () => {
    const { error } = await failureOf(readRecordBatches(directory));
    expect(error.message).toBe(`${directory}: expected a file, found a directory.`);
  });

  it('it is UTF-16', async () => {
    const path = await fileOf('utf16.json', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(EVENT, 'utf16le')]));
    const { error } = await failureOf(readRecordBatches(path));
    expect(error.message).toBe(`${path}: expected UTF-8 text, found UTF-16. Convert it, for example with iconv.`);
  });

  test.each<[string, (data: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('%s data ends too early, after handing on what was there', async (compression, compress) => {
    const whole = compress(Buffer.from(Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"m":${n * n}}\n`).join('')));
    const path = await fileOf(`cut.${compression}`, whole.subarray(0, whole.length - 20));
    const { error, bodies } = await failureOf(readRecordBatches(path));
    expect(error.message).toContain(`${path}: expected whole ${compression} data, found: `);
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies[0]).toBe('{"n":0,"m":0}');
  });

  it('a record is too long, by file and line, and goes on with the rest', async () => {
    const long = `{"a":"${'x'.repeat(200)}"}`;
    const path = await fileOf('bound.ndjson', `${OTHER}\n${long}\n${OTHER}\n${long}\n${EVENT}\n`);
    const problems: InputError[] = [];
    const options = { maxRecordBytes: 100, onProblem: (problem: InputError) => problems.push(problem) };
    expect(bodiesOf(await batchesOf(path, options))).toEqual([OTHER, OTHER, EVENT]);
    expect(problems.map(({ message, line }) => [message, line])).toEqual([
      [`${path}:2: expected a record of at most 100 bytes, found a longer one; it was left out.`, 2],
      [`${path}:4: expected a record of at most 100 bytes, found a longer one; it was left out.`, 4],
    ]);
  });

  it('records were too long, at the end, where nobody asked to be told of each', async () => {
    const long = 'x'.repeat(200);
    const path = await fileOf('bound-unheard.log', `${long}\n${OTHER}\n${long}\n`);
    const { error, bodies } = await failureOf(readRecordBatches(path, { maxRecordBytes: 100 }));
    expect(bodies).toEqual([OTHER]);
    expect(error.message).toBe(
      `${path}: 2 records were left out; the first: ${path}:1: expected a record of at most 100 bytes, found a longer one; it was left out.`,
    );
  });
});
