import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeOlderDatabase, writeOlderSegment } from './older-store.ts';
import { auditBatch, auditRow, noonMicros, openTestStore, type TestStore } from './store-fixture.ts';

const event = '{"auditID":"old-2","verb":"gêt"}';
const old = [
  { auditID: 'old-1', _raw: '{"kind":"Event","auditID":"old-1"}', event: null },
  { auditID: 'old-2', _raw: `{"message":${event}}`, event },
];
const texts = 'select "auditID", _raw, event from kube_audit order by 1';

function textsOf(opened: TestStore): Promise<readonly unknown[]> {
  return opened.loadedRows(texts);
}

describe('what an older version left', () => {
  test.each([
    ['without a cold tier', false],
    ['with one', true],
  ])('in a database %s is read, beside new rows, and goes to files as it was', async (_which, hadColdTier) => {
    const directory = mkdtempSync(join(tmpdir(), 'pintail-old-'));
    await writeOlderDatabase(directory, old, hadColdTier);
    const clock = { now: noonMicros / 1000 };
    await using opened = await openTestStore({
      directory,
      settings: { cold: { afterMs: 0, directory: join(directory, 'cold') } },
      context: { clock: () => clock.now },
    });
    expect(await textsOf(opened)).toEqual(old);
    const added = [
      { auditID: 'new-1', _raw: '{"kind":"Event","auditID":"new-1"}', event: null },
      { auditID: 'new-2', _raw: '{"message":{"auditID":"new-2"}}', event: '{"auditID":"new-2"}' },
    ];
    await opened.store.append(auditBatch(...added.map((row) => auditRow(row.auditID, row))));
    expect(await textsOf(opened)).toEqual([...added, ...old]);
    clock.now += 2 * 86_400_000;
    await opened.store.retain();
    expect(await opened.loadedRows('select * from kube_audit_hot')).toEqual([]);
    expect(await textsOf(opened)).toEqual([...added, ...old]);
  });

  test('in the spool is loaded, together with what came since and also alone', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pintail-old-'));
    await writeOlderDatabase(directory, old, false);
    const spool = join(directory, 'spool');
    mkdirSync(spool);
    const left = [
      auditRow('left-1', { _raw: 'without its ID' }),
      auditRow('left-2', { _raw: 'an envelope', event: 'its event' }),
    ];
    writeOlderSegment(spool, 3, left);
    const opened = await openTestStore({ directory });
    const expectedOld = [...left.map(({ auditID, _raw, event: own }) => ({ auditID, _raw, event: own })), ...old];
    const added = { auditID: 'a new one', _raw: 'text with a new one in it', event: null };
    await opened.store.append(auditBatch(auditRow(added.auditID, added)));
    expect(readdirSync(spool)).toHaveLength(2);
    expect(await textsOf(opened)).toEqual([added, ...expectedOld]);
    await opened.store.shutdown();
    writeOlderSegment(spool, 9, [auditRow('left-3', { _raw: 'alone' })]);
    await using again = await opened.reopen();
    expect(await textsOf(again)).toEqual([
      added,
      ...expectedOld.slice(0, 2),
      { auditID: 'left-3', _raw: 'alone', event: null },
      ...old,
    ]);
  });
});
