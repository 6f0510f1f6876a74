/** The objects of a bucket: what DuckDB has no statement for, through Amazon's SDK, which is loaded only here. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ListMultipartUploadsOutput, S3Client } from '@aws-sdk/client-s3';
import type { BucketAccess, BucketCredentials } from './settings.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

const partBytes = 16 * 1024 * 1024;
/** Of S3. */
const mostParts = 10_000;

export class BucketObjects {
  readonly #bucket: string;
  readonly #sdk: Sdk;
  readonly #client: S3Client;

  private constructor(bucket: string, sdk: Sdk, client: S3Client) {
    this.#bucket = bucket;
    this.#sdk = sdk;
    this.#client = client;
  }

  static async open(bucket: string, access: BucketAccess): Promise<BucketObjects> {
    const sdk = await import('@aws-sdk/client-s3');
    const { endpoint, region, pathStyle, credentials } = access;
    const client = new sdk.S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint === null ? {} : { endpoint }),
      ...(credentials === null ? {} : { credentials: toIdentity(credentials) }),
      // The newer checksums of the SDK are unknown to other stores; Content-MD5 is known to all.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 5000, socketTimeout: 10_000 },
    });
    return new BucketObjects(bucket, sdk, client);
  }

  /** Fresh ones: where they end some time, the SDK gets others before that. */
  async credentials(): Promise<BucketCredentials> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.#client.config.credentials();
    return { accessKeyId, secretAccessKey, sessionToken: sessionToken ?? null };
  }

  /** Rejects where the bucket cannot be listed. */
  async probe(prefix: string, abortSignal: AbortSignal): Promise<void> {
    const list = { Bucket: this.#bucket, Prefix: prefix, MaxKeys: 1 };
    await this.#client.send(new this.#sdk.ListObjectsV2Command(list), { abortSignal });
  }

  /** Sizes by key. */
  async list(prefix: string, abortSignal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const list = { Bucket: this.#bucket, Prefix: prefix };
    const pages = this.#sdk.paginateListObjectsV2({ client: this.#client }, list, { abortSignal });
    for await (const { Contents = [] } of pages) {
      for (const { Key, Size } of Contents) if (Key !== undefined) found.set(Key, Size ?? 0);
    }
    return found;
  }

  /** Uploads a file and resolves once the store has proved to have all of it. */
  async put(key: string, file: string, bytes: number, stopping: AbortSignal): Promise<void> {
    const handle = await open(file, 'r');
    try {
      const etag =
        bytes <= partBytes
          ? await this.#putWhole(key, await readPart(handle, 0, bytes), stopping)
          : await this.#putParts(key, handle, bytes, stopping);
      const head = new this.#sdk.HeadObjectCommand({ Bucket: this.#bucket, Key: key });
      const stored = await this.#client.send(head, { abortSignal: stopping });
      if (stored.ContentLength !== bytes) {
        throw new Error(
          `cold tier: expected ${bytes} bytes in "s3://${this.#bucket}/${key}", found ${stored.ContentLength}.`,
        );
      }
      // With some kinds of encryption the tag is no digest.
      if (stored.ETag !== `"${etag}"`) await this.#compare(key, file, stopping);
    } finally {
      await handle.close();
    }
  }

  /** An object that is gone already is fine. */
  async remove(key: string, abortSignal: AbortSignal): Promise<void> {
    await this.#client.send(new this.#sdk.DeleteObjectCommand({ Bucket: this.#bucket, Key: key }), { abortSignal });
  }

  /** Ends uploads in parts that nobody finished, which a list of objects does not show; gives their keys. */
  async abandonUploads(
    prefix: string,
    isOurs: (key: string) => boolean,
    abortSignal: AbortSignal,
  ): Promise<readonly string[]> {
    const abandoned: string[] = [];
    for (let more = true, from: Pick<ListMultipartUploadsOutput, 'KeyMarker' | 'UploadIdMarker'> = {}; more; ) {
      const list = new this.#sdk.ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: prefix, ...from });
      const page: ListMultipartUploadsOutput = await this.#client.send(list, { abortSignal });
      for (const { Key, UploadId } of page.Uploads ?? []) {
        if (Key === undefined || !isOurs(Key)) continue;
        const upload = { Bucket: this.#bucket, Key, UploadId };
        await this.#client.send(new this.#sdk.AbortMultipartUploadCommand(upload), { abortSignal });
        abandoned.push(Key);
      }
      more = page.IsTruncated === true;
      from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    return abandoned;
  }

  close(): void {
    this.#client.destroy();
  }

  async #putWhole(key: string, body: Buffer, abortSignal: AbortSignal): Promise<string> {
    const put = { Bucket: this.#bucket, Key: key, Body: body, ContentMD5: md5(body).toString('base64') };
    await this.#client.send(new this.#sdk.PutObjectCommand(put), { abortSignal });
    return md5(body).toString('hex');
  }

  async #putParts(key: string, handle: FileHandle, bytes: number, abortSignal: AbortSignal): Promise<string> {
    const target = { Bucket: this.#bucket, Key: key };
    const { UploadId } = await this.#client.send(new this.#sdk.CreateMultipartUploadCommand(target));
    const step = Math.max(partBytes, Math.ceil(bytes / mostParts));
    const parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
    const digests: Buffer[] = [];
    for (let from = 0; from < bytes; from += step) {
      const body = await readPart(handle, from, Math.min(step, bytes - from));
      const digest = md5(body);
      const part = {
        ...target,
        UploadId,
        PartNumber: parts.length + 1,
        Body: body,
        ContentMD5: digest.toString('base64'),
      };
      const { ETag } = await this.#client.send(new this.#sdk.UploadPartCommand(part), { abortSignal });
      parts.push({ PartNumber: part.PartNumber, ETag });
      digests.push(digest);
    }
    const completion = { ...target, UploadId, MultipartUpload: { Parts: parts } };
    await this.#client.send(new this.#sdk.CompleteMultipartUploadCommand(completion), { abortSignal });
    return `${md5(Buffer.concat(digests)).toString('hex')}-${parts.length}`;
  }

  async #compare(key: string, file: string, abortSignal: AbortSignal): Promise<void> {
    const get = new this.#sdk.GetObjectCommand({ Bucket: this.#bucket, Key: key });
    const { Body } = await this.#client.send(get, { abortSignal });
    const [stored, written] = await Promise.all([
      sha256((Body ?? []) as AsyncIterable<Uint8Array>),
      sha256(createReadStream(file)),
    ]);
    if (stored !== written) {
      throw new Error(
        `cold tier: expected "s3://${this.#bucket}/${key}" to be what was uploaded, found another content.`,
      );
    }
  }
}

function toIdentity({ accessKeyId, secretAccessKey, sessionToken }: BucketCredentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
}

async function readPart(handle: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, from);
  if (bytesRead !== bytes)
    throw new Error(`cold tier: expected to read ${bytes} bytes at ${from}, found ${bytesRead}.`);
  return buffer;
}

function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest();
}

async function sha256(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
