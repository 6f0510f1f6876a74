/**
 * The cold tier in a bucket of an S3-compatible store: DuckDB reads the objects through its extension httpfs, Amazon's
 * SDK writes and removes them. A file is made on the disk first, uploaded, and compared.
 *
 * Queries open no object of a day that they do not need, so that a store that is out of reach fails them only there.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { BucketObjects } from './bucket-objects.ts';
import type { ColdFile } from './cold-file.ts';
import type { ColdPlace } from './cold-place.ts';
import { eventTables } from './event-table.ts';
import { createSecret, loadHttpfs } from './httpfs.ts';
import type { BucketAccess } from './settings.ts';

export class ColdBucket implements ColdPlace {
  readonly name: string;
  readonly directories: readonly string[];
  readonly isOnDisk = false;
  readonly bindsToFiles = false;
  readonly #access: BucketAccess;
  /** A folder for files on their way, of which nothing is kept. */
  readonly #uploads: string;
  readonly #bucket: string;
  /** Of keys: empty, or ends with a slash. */
  readonly #prefix: string;
  #objects: BucketObjects | null = null;
  #secret = '';

  /** `address` is `s3://bucket` or `s3://bucket/prefix`. */
  constructor(address: string, access: BucketAccess, uploads: string) {
    this.name = address.replace(/\/$/, '');
    this.directories = [uploads, this.name];
    this.#access = access;
    this.#uploads = uploads;
    const [bucket = '', ...folders] = this.name.slice('s3://'.length).split('/');
    this.#bucket = bucket;
    this.#prefix = folders.map((folder) => `${folder}/`).join('');
  }

  async open(engine: DuckDBConnection): Promise<void> {
    await loadHttpfs(engine, this.name, this.#access.extension);
    await rm(this.#uploads, { recursive: true, force: true });
    await mkdir(this.#uploads, { recursive: true });
    this.#objects = await BucketObjects.open(this.#bucket, this.#access);
  }

  async refresh(engine: DuckDBConnection, stopping: AbortSignal): Promise<void> {
    const objects = this.#opened();
    const secret = createSecret(`${this.name}/`, this.#access, await objects.credentials());
    if (secret !== this.#secret) await engine.run(secret);
    this.#secret = secret;
    await objects.probe(this.#prefix, stopping);
  }

  locate(path: string): string {
    return `${this.name}/${path}`;
  }

  async put(path: string, write: (full: string) => Promise<void>, stopping: AbortSignal): Promise<number> {
    const full = join(this.#uploads, basename(path));
    try {
      await write(full);
      const { size } = await stat(full);
      await this.#opened().put(this.#prefix + path, full, size, stopping);
      return size;
    } finally {
      await rm(full, { force: true });
    }
  }

  remove(path: string, stopping: AbortSignal): Promise<void> {
    return this.#opened().remove(this.#prefix + path, stopping);
  }

  async removeOrphans(storeId: string, files: readonly ColdFile[], stopping: AbortSignal): Promise<readonly string[]> {
    const objects = this.#opened();
    const isOurs = (key: string): boolean => basename(key).startsWith(`${storeId}-`);
    const known = new Set(files.map(({ path }) => path));
    const removed: string[] = [];
    for (const table of eventTables) {
      const prefix = `${this.#prefix}${table}/day=`;
      for (const key of await objects.abandonUploads(prefix, isOurs, stopping))
        removed.push(key.slice(this.#prefix.length));
      for (const key of (await objects.list(prefix, stopping)).keys()) {
        const path = key.slice(this.#prefix.length);
        if (!isOurs(key) || known.has(path)) continue;
        await objects.remove(key, stopping);
        removed.push(path);
      }
    }
    return removed;
  }

  async findProblems(
    engine: DuckDBConnection,
    files: readonly ColdFile[],
    damages: ReadonlyMap<string, string>,
    stopping: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const found = await this.#look(engine, files, stopping).catch(describeFailure);
    const problems = new Map<string, string>();
    for (const file of files) {
      const problem =
        typeof found === 'string'
          ? `the store out of reach (${found}).`
          : compare(file, found.get(this.#prefix + file.path), damages.get(file.path));
      if (problem === undefined) continue;
      const expected = `cold tier: expected "${this.locate(file.path)}" with ${file.rows} rows of ${file.table}, found`;
      problems.set(file.path, `${expected} ${problem}`);
    }
    return problems;
  }

  close(): void {
    this.#objects?.close();
    this.#objects = null;
  }

  /** Sizes by key. */
  async #look(
    engine: DuckDBConnection,
    files: readonly ColdFile[],
    stopping: AbortSignal,
  ): Promise<ReadonlyMap<string, number>> {
    await this.refresh(engine, stopping);
    const tables = eventTables.filter((table) => files.some((file) => file.table === table));
    const lists = await Promise.all(
      tables.map((table) => this.#opened().list(`${this.#prefix}${table}/day=`, stopping)),
    );
    return new Map(lists.flatMap((list) => [...list]));
  }

  #opened(): BucketObjects {
    if (this.#objects === null) throw new Error('cold tier: expected the bucket to be open, found it closed.');
    return this.#objects;
  }
}

function compare(file: ColdFile, bytes: number | undefined, damage: string | undefined): string | undefined {
  if (bytes === undefined) return 'none.';
  if (bytes !== file.bytes) return `${bytes} bytes instead of ${file.bytes}.`;
  return damage === undefined ? undefined : `it damaged (${damage}).`;
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ''] = error.message.split('\n', 1);
  return line === '' ? error.name : `${error.name}: ${line}`;
}
