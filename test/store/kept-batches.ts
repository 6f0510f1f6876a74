/** What a store that was killed has of the batches of `kill-batch.ts`: nothing acknowledged lost, nothing doubled. */
import { expect } from 'vitest';
import { auditRowsPerBatch, killBatch } from './kill-batch.ts';
import type { TestStore } from './store-fixture.ts';

/** Numbers of batches. */
export interface KillDamage {
  /** Acknowledged, and not all there. */
  readonly lost: readonly number[];
  readonly doubled: readonly number[];
  /** There without some of their audit rows, acknowledged or not. */
  readonly inPart: readonly number[];
}

export const noDamage: KillDamage = { lost: [], doubled: [], inPart: [] };

export async function findDamage(opened: TestStore, acknowledged: ReadonlySet<number>): Promise<KillDamage> {
  const audit = await opened.loadedRows(
    `select cast(split_part("auditID", '-', 1) as integer) as batch, count(*) as copies, count(distinct identity) as rows
      from kube_audit group by 1`,
  );
  const logs = await opened.loadedRows(
    `select cast(split_part(_raw, ' ', 2) as integer) as batch, count(*) as copies, count(distinct identity) as rows
      from logs group by 1`,
  );
  const complete = new Set(audit.filter(({ rows }) => rows === auditRowsPerBatch).map(({ batch }) => batch));
  const logged = new Set(logs.map(({ batch }) => batch));
  return {
    lost: [...acknowledged].filter((batch) => !complete.has(batch) || !logged.has(batch)),
    doubled: [...audit, ...logs].filter(({ copies, rows }) => copies !== rows).map(({ batch }) => Number(batch)),
    inPart: audit.filter(({ batch }) => !complete.has(batch)).map(({ batch }) => Number(batch)),
  };
}

/** Appends batches once more; fails where that changes anything. */
export async function expectKnown(opened: TestStore, batches: Iterable<number>): Promise<void> {
  const count = 'select (select count(*) from kube_audit) as audit, (select count(*) from logs) as logs';
  const before = await opened.loadedRows(count);
  for (const batch of batches) await opened.store.append(killBatch(batch));
  expect(await opened.loadedRows(count)).toEqual(before);
}
