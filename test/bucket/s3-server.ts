/** A server that speaks S3, on a free port of the loopback interface: moto, which checks the signature of each request. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BucketAccess, BucketCredentials } from '../../src/store/settings.ts';
import { extensionFile, pythonFile } from './tools.ts';

export const bucket = 'cold-days';
const region = 'eu-central-1';

export interface S3Server extends AsyncDisposable {
  readonly port: number;
  readonly client: S3Client;
  readonly credentials: BucketCredentials;
  /** Settings of the store; `port` is that of whatever stands in front of the server. */
  access(port?: number): BucketAccess;
  /** Keys and sizes. */
  objects(): Promise<ReadonlyMap<string, number>>;
  uploads(): Promise<readonly string[]>;
  put(key: string, body: Buffer): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Before the first so many requests nobody can have a key. */
const unsigned = 3;

export async function startS3Server(): Promise<S3Server> {
  const port = await freePort();
  const server = spawn(pythonFile, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: String(unsigned) },
  });
  const ended = once(server, 'close');
  await reachable(`http://127.0.0.1:${port}/moto-api/data.json`);
  const credentials = await createUser(port);
  const access = (front = port): BucketAccess => ({
    endpoint: `http://127.0.0.1:${front}`,
    region,
    pathStyle: true,
    credentials,
    extension: extensionFile,
  });
  const { accessKeyId, secretAccessKey } = credentials;
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const configuration = { LocationConstraint: region } as const;
  await client.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: configuration }));
  return {
    port,
    client,
    credentials,
    access,
    async objects() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return new Map(Contents.map(({ Key = '', Size = 0 }) => [Key, Size]));
    },
    async uploads() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.kill('SIGKILL');
      await ended;
    },
  };
}

async function createUser(port: number): Promise<BucketCredentials> {
  const call = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=none/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none',
      },
      body: new URLSearchParams({ Version: '2010-05-08', UserName: 'pintail', ...parameters }),
    });
    if (!response.ok) throw new Error(`moto: expected an answer to ${parameters.Action}, found ${response.status}.`);
    return response.text();
  };
  await call({ Action: 'CreateUser' });
  const key = await call({ Action: 'CreateAccessKey' });
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await call({ Action: 'PutUserPolicy', PolicyName: 'all', PolicyDocument: policy });
  const read = (name: string): string => new RegExp(`<${name}>(.*?)</`).exec(key)?.[1] ?? '';
  return { accessKeyId: read('AccessKeyId'), secretAccessKey: read('SecretAccessKey'), sessionToken: null };
}

async function reachable(url: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await fetch(url);
      return;
    } catch (error: unknown) {
      if (attempt === 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
