/** Names of spool segments: a number that only grows, and the mark of its batches. */

export interface SegmentName {
  readonly name: string;
  readonly id: number;
  readonly mark: Buffer;
}

export function segmentName(id: number, mark: Buffer): string {
  return `${String(id).padStart(12, '0')}-${mark.toString('hex')}.parquet`;
}

/** The segments among the names of a folder, in the order of their numbers. */
export function readSegmentNames(names: readonly string[]): readonly SegmentName[] {
  return [...names].sort().flatMap((name) => {
    const parts = /^(\d{12})-([0-9a-f]{16})\.parquet$/.exec(name);
    return parts === null ? [] : [{ name, id: Number(parts[1]), mark: Buffer.from(parts[2] ?? '', 'hex') }];
  });
}
