/**
 * The paths of the cold tier's files, relative to its place:
 *
 *   kube_audit/day=2026-11-17/cluster=prod/<store id>-<file id>.parquet
 *
 * `day` is the day of arrival (UTC). Both folders are Hive's, so other programs find them as columns; the files have
 * all columns besides. Files of another store id are somebody else's and are never touched.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { printDay } from './event-days.ts';
import type { EventTable } from './event-table.ts';

const longestFolderName = 200;

/** Rows of more clusters than have a file of their own. Nothing that `encodeCluster` gives. */
export const otherClusters = '__OTHERS__';

/**
 * The folder's value for a cluster. A cluster's name is outside text: what is not a plain letter, digit, `.`, `_` or
 * `-`, and a first `.` or `_`, is percent-encoded as UTF-8. Null is Hive's own word for it.
 */
export function encodeCluster(cluster: string | null): string {
  if (cluster === null) return '__HIVE_DEFAULT_PARTITION__';
  let encoded = '';
  for (const [index, byte] of Buffer.from(cluster, 'utf8').entries()) {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9_.-]/.test(character) && !(index === 0 && /[_.]/.test(character));
    encoded += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (encoded.length <= longestFolderName) return encoded;
  const digest = createHash('sha256').update(cluster).digest('hex').slice(0, 32);
  return `${encoded.slice(0, longestFolderName - digest.length - 1)}~${digest}`;
}

export function dayFolder(table: EventTable, day: number, clusterFolder: string): string {
  return join(table, `day=${printDay(day)}`, `cluster=${clusterFolder}`);
}
