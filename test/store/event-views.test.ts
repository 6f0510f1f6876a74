import { describe, expect, test } from 'vitest';
import { auditBatch, auditRow, openTestStore, type TestStore } from './store-fixture.ts';

async function plan(opened: TestStore, sql: string): Promise<string> {
  const [found] = await opened.loadedRows(`explain (format json) ${sql}`);
  return String(found?.explain_value);
}

const nothing = {
  resource: null,
  namespace: null,
  name: null,
  uid: null,
  apiGroup: null,
  apiVersion: null,
  resourceVersion: null,
  subresource: null,
};

describe('the views of events', () => {
  test('are views, with the columns of their tables, whether there is a cold tier or not', async () => {
    await using opened = await openTestStore();
    expect(
      await opened.loadedRows(
        `select table_name, table_type from information_schema.tables
          where table_name in ('kube_audit', 'kube_audit_hot', 'logs', 'logs_hot') order by 1`,
      ),
    ).toEqual([
      { table_name: 'kube_audit', table_type: 'VIEW' },
      { table_name: 'kube_audit_hot', table_type: 'BASE TABLE' },
      { table_name: 'logs', table_type: 'VIEW' },
      { table_name: 'logs_hot', table_type: 'BASE TABLE' },
    ]);
  });

  test('let filters through to the scan of the table, also those of members of structs', async () => {
    await using opened = await openTestStore();
    const objectRef = { ...nothing, resource: 'pods' };
    await opened.store.append(auditBatch(auditRow('a-1', { objectRef }), auditRow('a-2', { verb: 'list' })));
    const found = await plan(
      opened,
      `select count(*) from kube_audit where verb = 'get' and "objectRef".resource = 'pods'`,
    );
    expect(found).toContain('kube_audit_hot');
    expect(found).not.toContain('"FILTER"');
    for (const filter of ["verb='get'", "objectRef.resource='pods'"]) expect(found).toContain(filter);
  });

  test('apply filters that let few rows through before those that cost more, in whatever order a query has them', async () => {
    await using opened = await openTestStore();
    const user = { username: 'ann', uid: null, groups: null };
    await opened.store.append(
      auditBatch(auditRow('a-1', { user, hasObjects: true }), auditRow('a-2', { user, verb: 'list' })),
    );
    const found = await plan(
      opened,
      `select count(*) from kube_audit
        where lower("user".username) = 'ann' and lower(verb) = 'get' and coalesce(has_objects, true)`,
    );
    expect(found).toMatch(/"Filters": \[\s*"has_objects[^\]]*lower\(verb\)[^\]]*username/);
  });

  test('are there again after a start that ended between them and the tables', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(auditRow('a-1')));
    await opened.store.loaded();
    // As it is while migrations run.
    await opened.store.database.write(async (connection) => {
      await connection.run('drop view kube_audit');
      await connection.run('alter table kube_audit_hot rename to kube_audit');
    });
    await opened.store.shutdown();
    await using again = await opened.reopen();
    expect(await again.loadedRows('select "auditID" from kube_audit')).toEqual([{ auditID: 'a-1' }]);
    expect(await again.loadedRows('select "auditID" from kube_audit_hot')).toEqual([{ auditID: 'a-1' }]);
  });
});
