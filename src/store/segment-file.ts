/**
 * The border to the disk: what the spool does to one open segment, and nothing else. Tests put a failing
 * disk here.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface SegmentFile {
  /** Writes all of `buffers` at `position`. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  /** Resolves once what was written is on the disk. */
  sync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Creates a segment that must not exist yet. */
export type CreateSegmentFile = (path: string) => Promise<SegmentFile>;

/** Creates a file whose directory entry is durable too. */
export const createSegmentFile: CreateSegmentFile = async (path) => {
  const handle = await open(path, 'wx');
  await syncDirectory(dirname(path));
  return {
    write: (buffers, position) => writeAll(handle, buffers, position),
    sync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  };
};

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A write may be short (a nearly full disk); then the rest is written, or fails with the disk's reason. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[], position: number): Promise<void> {
  let rest = [...buffers];
  let at = position;
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    while (rest.length > 0 && bytesWritten >= (rest[0]?.length ?? 0)) {
      bytesWritten -= rest[0]?.length ?? 0;
      rest = rest.slice(1);
    }
    if (rest[0] !== undefined && bytesWritten > 0) {
      rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
    }
  }
}
