import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Detection } from '../../../src/detect/detection.ts';
import { installViews } from '../../../src/detect/run/install-views.ts';
import { type RunOutcome, runWindow } from '../../../src/detect/run/run-window.ts';
import { DetectionBench, testCompiled } from '../../support/detection-bench.ts';

let bench: DetectionBench;

beforeEach(async () => {
  bench = await DetectionBench.open();
});

afterEach(() => bench[Symbol.asyncDispose]());

const at = (time: string) => Date.parse(time) / 1000;
const window = {
  earliest: at('2026-11-02T08:50:00Z'),
  latest: at('2026-11-02T09:50:00Z'),
  now: at('2026-11-02T10:00:00Z'),
};
let runs = 0;

async function run(
  overrides: Partial<Detection> = {},
  sql?: string,
  maxRiskEventsPerField = 1000,
): Promise<RunOutcome> {
  const compiled = testCompiled(overrides, sql);
  expect(await installViews(bench.database, [compiled])).toEqual(new Map());
  return runWindow(
    { database: bench.database, outbox: bench },
    {
      runId: `run${runs++}`,
      compiled,
      window,
      maxFindings: 5000,
      maxRiskEventsPerField,
      startedAt: window.now,
      record: async () => undefined,
    },
  );
}

const deleted = (user: string) => ({ time: '2026-11-02T09:00:00Z', user, verb: 'delete' });
const sent = () => bench.sent.map(({ kind, attributes }) => `${kind} ${attributes.user}`);

describe('what leaves', () => {
  test.each([
    ['Anomaly', { risk: true, finding: false }, ['risk eve']],
    ['TTP', { risk: true, finding: true }, ['risk eve', 'finding eve']],
    ['Hunting', { risk: false, finding: false }, []],
    ['TTP', { risk: false, finding: true }, ['finding eve']],
  ] as const)('of a detection of type %s that emits %o is %j', async (type, emission, expected) => {
    await bench.load([deleted('eve')]);
    await run({ type, emission });
    expect(sent()).toEqual(expected);
    expect(await bench.query('select status, revision, message from finding')).toEqual([
      { status: 'active', revision: 0, message: 'eve deleted 1' },
    ]);
    const risks = await bench.query('select count(*)::int as n from risk_event');
    expect(risks).toEqual([{ n: emission.risk ? 1 : 0 }]);
  });

  test('scores a name that begins with U+FEFF as its own, not as the one without', async () => {
    await bench.load([deleted('admin'), deleted('\ufeffadmin')]);
    await run();
    const objects = await bench.query(
      'select risk_object, length(risk_object)::int as length from risk_event order by 2',
    );
    expect(objects).toEqual([
      { risk_object: 'admin', length: 5 },
      { risk_object: '\ufeffadmin', length: 6 },
    ]);
  });

  test('is a withdrawal when late data takes a finding away, and no risk when it comes back', async () => {
    await bench.load([deleted('eve')]);
    const few = `select "user".username as user, count(*) as count from kube_audit
      where verb = 'delete' and $window group by all having count(*) <> 2`;
    await run({}, few);
    await bench.load([deleted('eve')]);
    expect(await run({}, few)).toMatchObject({ rows: 0, withdrawn: 1 });
    await bench.load([deleted('eve')]);
    expect(await run({}, few)).toMatchObject({ rows: 1, revised: 1, riskEvents: 0 });
    expect(sent()).toEqual(['risk eve', 'finding eve', 'finding_withdrawn eve', 'finding_revised eve']);
    expect(await bench.query('select status, revision, "row" from finding')).toEqual([
      { status: 'active', revision: 2, row: '{"user":"eve","count":3}' },
    ]);
    expect(new Set(bench.sent.map(({ eventId }) => eventId)).size).toBe(4);
  });

  test('of more findings than one statement writes, each is revised and withdrawn as its own', async () => {
    const sql = (count: string, where = 'true') =>
      `select 'u' || lpad(n::varchar, 4, '0') as user, ${count} as count from range(1200) t(n) where ${where}`;
    await run({}, sql('n'));
    expect(await run({}, sql('n * 2', 'n % 3 <> 0'))).toMatchObject({ rows: 800, revised: 800, withdrawn: 400 });
    const rows = await bench.query(
      `select status, revision, message, "row"->>'$.user' as user, ("row"->>'$.count')::int as count from finding order by user`,
    );
    expect(rows).toEqual(
      Array.from({ length: 1200 }, (_, n) => {
        const user = `u${String(n).padStart(4, '0')}`;
        const isLeft = n % 3 !== 0;
        const count = isLeft ? n * 2 : n;
        return {
          status: isLeft ? 'active' : 'withdrawn',
          revision: 1,
          message: `${user} deleted ${count}`,
          user,
          count,
        };
      }),
    );
  });

  test('is one risk event per row and value of the risk object', async () => {
    await bench.load([deleted('eve'), deleted('mallory')]);
    await run(
      {},
      `select list(distinct "user".username order by 1) as user, count(*) as count, 'x' as user2 from kube_audit where $window`,
    );
    const rows = await bench.query('select risk_object, risk_score, risk_message from risk_event order by 1');
    expect(rows.map((row) => row.risk_object)).toEqual(['eve', 'mallory']);
  });
});

describe('a row without the field of its risk object', () => {
  test('is stored, scored nowhere, and counted', async () => {
    await bench.load([deleted('eve')]);
    const outcome = await run({}, 'select count(*) as count, null::varchar as user from kube_audit where $window');
    expect(outcome).toMatchObject({ rows: 1, riskEvents: 0, missingRiskObjects: 1 });
    expect(await bench.query('select "row" from finding')).toEqual([{ row: '{"count":1}' }]);
  });
});

describe('a row with more risk objects than one field may give', () => {
  const three = `select ['eve', 'mallory', 'trent'] as user, 1 as count`;

  test('scores the first ones and counts the others', async () => {
    const outcome = await run({}, three, 2);
    expect(outcome).toMatchObject({ riskEvents: 2, missingRiskObjects: 0, droppedRiskObjects: 1 });
    const scored = await bench.query('select risk_object from risk_event order by 1');
    expect(scored.map((row) => row.risk_object)).toEqual(['eve', 'mallory']);
  });

  test('counts none where the detection emits no risk', async () => {
    expect(await run({ emission: { risk: false, finding: true } }, three, 2)).toMatchObject({ droppedRiskObjects: 0 });
  });
});

describe('hostile values', () => {
  const hostile = `a'b"c\\d\n\u0000e;drop table finding;-- 😀 $1 {"x":1}`.replace('\u0000', '');

  test('pass through findings and risk events unchanged', async () => {
    await bench.load([deleted(hostile)]);
    await run();
    const [finding] = await bench.query(`select "row"->>'user' as user from finding`);
    const [risk] = await bench.query('select risk_object from risk_event');
    expect([finding?.user, risk?.risk_object]).toEqual([hostile, hostile]);
  });
});

test('thousands of findings are written by a few statements', async () => {
  await run({}, `select 'user' || range as user, range as count from range(3000)`);
  expect(await bench.query('select count(*)::int as n from finding')).toEqual([{ n: 3000 }]);
  expect(await bench.query('select count(distinct risk_object)::int as n from risk_event')).toEqual([{ n: 3000 }]);
});
