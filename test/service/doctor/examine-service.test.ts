import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examineService } from '../../../src/service/doctor/examine-service.ts';
import { auditBatch, auditRow, openTestStore } from '../../store/store-fixture.ts';

const examined = async (directory: string) =>
  examineService({
    read: async () => [],
    volume: [],
    startedAt: 0,
    storage: { directory, memoryLimitBytes: 2 ** 40, spoolBytes: 2 ** 40, freeDiskBytes: 0 },
  });

test('a store without trouble has no symptom', async () => {
  await using opened = await openTestStore();
  expect(await examined(opened.directory)).toEqual([]);
});

test('a spool file that was put aside is told with what of it is loaded, in which form it is, and how to get the rest', async () => {
  await using first = await openTestStore();
  for (const id of ['first', 'second', 'third']) await first.store.append(auditBatch(auditRow(id)));
  // What a kill would leave: the rows are in the spool, and the tables are empty.
  const [name = ''] = readdirSync(join(first.directory, 'spool'));
  const damaged = readFileSync(join(first.directory, 'spool', name));
  damaged[damaged.indexOf('second')] = 'X'.charCodeAt(0);
  await using empty = await openTestStore();
  const { directory } = empty;
  await empty.store.shutdown();
  writeFileSync(join(directory, 'spool', name), damaged);
  await using again = await empty.reopen();

  expect(await again.loadedRows('select "auditID" as id from kube_audit order by 1')).toEqual([
    { id: 'first' },
    { id: 'third' },
  ]);
  const quarantine = join(directory, 'quarantine');
  expect(readFileSync(join(quarantine, name)).subarray(0, 4).toString()).toBe('PAR1');
  expect(await examined(directory)).toEqual([
    {
      severity: 'problem',
      code: 'quarantined-segments',
      subject: 'store',
      finding: '1 spool file put aside: damaged, or impossible to load.',
      advice:
        `Look at ${quarantine} and at the log, which says of each file what it lacks. ` +
        'Of a damaged file the intact batches are in the tables and the damaged ones are not; of a file that could not be loaded nothing is. ' +
        'What is missing was acknowledged: see that the disk is sound, and send the events of that time again from where they come from (pintail replay); copies are dropped. ' +
        'The files are Parquet of the spool’s own columns; a damaged one may lack the footer that readers want. ' +
        'Do not put them back into spool: a start deletes there what it has passed. Take them away once you need them no more.',
    },
  ]);
  expect(again.telemetry.lines).toContainEqual({
    level: 'error',
    message: expect.stringContaining('the segment was put aside, its intact batches are loaded'),
    fields: expect.objectContaining({ segment: join(quarantine, name), intactRows: 2 }),
  });

  // As the advice has it: put back, it is deleted, and sent again, the missing event comes and its neighbours do not come twice.
  await again.store.shutdown();
  copyFileSync(join(quarantine, name), join(directory, 'spool', name));
  await using third = await again.reopen();
  expect(readdirSync(join(directory, 'spool'))).not.toContain(name);
  await third.store.append(auditBatch(...['first', 'second', 'third'].map((id) => auditRow(id))));
  expect(await third.loadedRows('select "auditID" as id from kube_audit order by 1')).toEqual([
    { id: 'first' },
    { id: 'second' },
    { id: 'third' },
  ]);
});
