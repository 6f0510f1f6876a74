import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { createService } from '../../src/service/service.ts';
import { testDetections } from '../../src/service/test-detections.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { auditEvent, startService } from '../support/running-service.ts';

const PROBES = '{ name: probes, search: "requestURI IN (/healthz*, /readyz*)", action: drop }';

async function refusal(rules: string): Promise<string> {
  const config = parseConfig(`volume: { rules: [${rules}] }`, 'test', {});
  try {
    await createService(config, { logger: recordTelemetry().logger, onStuckQuery: () => undefined });
  } catch (error: unknown) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'accepted';
}

describe('a rule', () => {
  test('leaves out what it matches, acknowledges it, and counts it by its name', async () => {
    const { send, sql, api, telemetry } = await startService(`volume: { rules: [${PROBES}] }`);
    await send([
      auditEvent({ requestURI: '/healthz?verbose' }),
      auditEvent({ requestURI: '/READYZ' }),
      auditEvent({ requestURI: '/api/v1/healthz' }),
      'a line of text about /healthz',
    ]);
    expect(await sql('select "requestURI" from kube_audit')).toEqual([{ requestURI: '/api/v1/healthz' }]);
    expect(await sql('select count(*) as n from logs')).toEqual([{ n: 1 }]);
    const metrics = await (await api('/metrics')).text();
    expect(metrics).toContain('pintail_intake_dropped_records_total{rule="probes"} 2');
    expect(metrics).toContain('pintail_audit_events_total{receiver="otlp/http"} 1');
    const lines = telemetry.lines.filter(({ message }) => message.includes('volume rule'));
    expect(lines.map(({ fields }) => fields)).toEqual([{ rule: 'probes', keptShare: 0 }, { dropped: { probes: 2 } }]);
  });

  test('that comes first decides', async () => {
    const rules = [
      '{ name: alice, search: "user.username=alice verb=get", sample: 99.999999% }',
      '{ name: gets, search: verb=get, action: drop }',
    ];
    const { send, sql } = await startService(`volume: { rules: [${rules.join(', ')}] }`);
    await send([auditEvent({ verb: 'get' }), auditEvent({ verb: 'get', user: { username: 'bob' } }), auditEvent()]);
    const rows = await sql('select "user".username as name, verb from kube_audit order by verb');
    expect(rows).toEqual([
      { name: 'alice', verb: 'get' },
      { name: 'alice', verb: 'list' },
    ]);
  });

  test('with a sample keeps about its share, and of a batch that is sent again the same events', async () => {
    const { send, sql, api } = await startService(
      'volume: { rules: [{ name: lists, search: verb=list, sample: 25% }] }',
    );
    const batch = Array.from({ length: 2000 }, () => auditEvent());
    await send(batch);
    const [first] = await sql('select count(*) as n, max(commit_seq) as seq from kube_audit');
    await send(batch);
    const [second] = await sql('select count(*) as n from kube_audit');
    expect(second?.n).toBe(first?.n);
    // 500 expected; ten standard deviations (about 19) either way.
    expect(Number(first?.n)).toBeGreaterThan(310);
    expect(Number(first?.n)).toBeLessThan(690);
    const metrics = await (await api('/metrics')).text();
    expect(metrics).toContain(`pintail_intake_dropped_records_total{rule="lists"} ${2 * (2000 - Number(first?.n))}`);
  });

  test('may use the macros of the content', async () => {
    const { send, sql } = await startService(
      'volume: { rules: [{ name: eks, search: "`kube_audit` verb=list", action: drop }] }',
    );
    await send([auditEvent(), auditEvent({ verb: 'create' })]);
    expect(await sql('select verb from kube_audit')).toEqual([{ verb: 'create' }]);
  });

  test('none by default: everything is stored', async () => {
    const { send, sql } = await startService();
    await send([auditEvent({ requestURI: '/healthz' })]);
    expect(await sql('select count(*) as n from kube_audit')).toEqual([{ n: 1 }]);
  });
});

describe("the detections' own tests", () => {
  const outcomes = async (rules: string): Promise<readonly string[]> => {
    const { results } = await testDetections({
      paths: ['config/detections/kubernetes_access_scanning.yml'],
      strictSplunk: false,
      config: parseConfig(`volume: { rules: [${rules}] }`, 'test', {}),
    });
    const found: string[] = [];
    for await (const { test: name, outcome } of results) found.push(`${name}: ${outcome}`);
    return found;
  };

  test('fail where a rule drops what the detection reads, and pass where it drops other things', async () => {
    const passed = await outcomes(PROBES);
    expect(passed.length).toBeGreaterThan(0);
    expect(passed.every((line) => line.endsWith('passed'))).toBe(true);
    expect(
      await outcomes('{ name: anonymous, search: "user.username=system:anonymous", action: drop }'),
    ).toContainEqual(expect.stringMatching(/: failed$/));
  });
});

describe('refused at the start, with the place', () => {
  test('what one event cannot answer', async () => {
    const message = await refusal(`${PROBES}, { name: many, search: "verb=get | stats count by user.username", action: drop }`);
    expect(message).toContain('error[SPL320]: search: expected a search expression, found the command "stats".');
    expect(message).toContain('--> volume.rules[1] "many":1:12');
  });

  test('every rule that is wrong, at once', async () => {
    const message = await refusal('{ name: a, search: "verb=[x]", action: drop }, { name: b, search: "earliest=-1h", sample: 10% }');
    expect(message).toContain('volume.rules[0] "a"');
    expect(message).toContain('volume.rules[1] "b"');
  });

  test('a rule that would drop everything', async () => {
    expect(await refusal('{ name: all, search: "*", action: drop }')).toContain(
      'volume.rules[0] "all": expected a condition, found a search that every event matches: nothing would be stored.',
    );
    expect(await refusal('{ name: all, search: "*", sample: 10% }')).toBe('accepted');
  });

  test.each([
    ['{ name: a, search: x }', 'volume.rules[0]: expected either action or sample, found neither.'],
    ['{ name: a, search: x, action: drop, sample: 10% }', 'volume.rules[0]: expected either action or sample, found both.'],
    ['{ name: a, search: x, action: keep }', 'volume.rules[0].action: expected drop, found "keep".'],
    ['{ name: a, search: x, sample: 100% }', 'volume.rules[0].sample: expected a percentage above 0% and below 100%, such as 10%, found "100%".'],
    ['{ name: a, search: x, action: drop }, { name: a, search: y, action: drop }', 'volume.rules[1].name: expected a name of its own, found "a" a second time.'],
  ])('%s', (rules, message) => {
    expect(() => parseConfig(`volume: { rules: [${rules}] }`, 'test', {})).toThrow(message);
  });
}); // biome-ignore format: flat tables
