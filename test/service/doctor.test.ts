/** The doctor over a real service: every test makes one thing wrong and reads what is said about it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { Command } from 'commander';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ExitStatus } from '../../src/cli/command.ts';
import { registerDoctor } from '../../src/cli/doctor.ts';
import type { DoctorReport, Symptom } from '../../src/service/doctor/report.ts';
import { showSeconds } from '../../src/service/doctor/report.ts';
import { auditEvent, type RunningService, startService } from '../support/running-service.ts';

async function examined({ api }: RunningService): Promise<DoctorReport> {
  const response = await api('/api/v1/doctor');
  expect(response.status).toBe(200);
  return (await response.json()) as DoctorReport;
}

async function symptom(running: RunningService, code: string): Promise<Symptom | undefined> {
  return (await examined(running)).symptoms.find((one) => one.code === code);
}

async function doctor(...argv: string[]): Promise<{ status: ExitStatus | null; stdout: string }> {
  const stdout = new PassThrough();
  const written = readText(stdout);
  const terminal = {
    stdout,
    stderr: new PassThrough(),
    environment: {},
    stopRequested: () => new Promise<string>(() => {}),
    exit: () => {
      throw new Error('exit');
    },
    killSelf: () => {
      throw new Error('killSelf');
    },
  };
  let status: ExitStatus | null = null;
  const program = new Command('pintail').exitOverride();
  registerDoctor(program, terminal, (given) => {
    status = given;
  });
  try {
    await program.parseAsync(['doctor', ...argv], { from: 'user' });
  } finally {
    stdout.end();
  }
  return { status, stdout: await written };
}

const inMicros = (expression: string) =>
  `make_timestamp(cast(epoch_us(now()) + (${expression})::bigint * 1000000 as bigint))`;

describe('a service', () => {
  test('without events has a problem, and the command ends with 1', async () => {
    const { service } = await startService();
    const { status, stdout } = await doctor('--server', `http://${service.addresses.api}`);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^1 problem, 0 warnings \(\d{4}-.*Z\)\n\nPROBLEM {2}store: No event has ever been stored\.\n {9}→ /,
    );
  });

  test('with fresh events of a named cluster is healthy, and the command ends with 0', async () => {
    const running = await startService();
    await running.send([auditEvent(), auditEvent()], {
      cluster: 'prod',
      sourcetype: 'kube:apiserver-audit',
    });
    await running.send(['a line of text'], { cluster: 'prod' });
    const report = await examined(running);
    expect(report).toMatchObject({ healthy: true, problems: 0 });
    expect(report.sources).toHaveLength(2);
    const audit = report.sources.find(({ table }) => table === 'kube_audit');
    expect(audit).toMatchObject({ cluster: 'prod', sourcetype: 'kube:apiserver-audit', source: '', events: 2 });
    expect(audit?.lagMedianSeconds).toBeLessThan(30);
    const { status, stdout } = await doctor('--server', `http://${running.service.addresses.api}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^No problems, 0 warnings /);
    expect(stdout).toMatch(/^prod +kube_audit +kube:apiserver-audit +- +2 /m);
  });
});

describe('events', () => {
  test('of the future are a problem of their cluster', async () => {
    const running = await startService();
    const later = new Date(Date.now() + 7_200_000).toISOString();
    await running.send([auditEvent(), auditEvent({ stageTimestamp: later }), auditEvent({ stageTimestamp: later })], {
      cluster: 'prod',
    });
    expect(await symptom(running, 'future-events')).toMatchObject({
      severity: 'problem',
      subject: 'cluster prod',
      finding: expect.stringMatching(
        /^2 events of the last day dated later than their arrival, by up to (?:1 h 59 min|2 h)/,
      ),
    });
  });

  test('that name no cluster are a warning', async () => {
    const running = await startService();
    await running.send([auditEvent()]);
    expect(await symptom(running, 'no-cluster-name')).toMatchObject({
      severity: 'warning',
      finding: '1 audit event of the last day without the name of a cluster.',
    });
  });

  test('that were cut off are a problem, with one to look at', async () => {
    const running = await startService();
    const cut = JSON.stringify(auditEvent({ userAgent: 'x'.repeat(1000) })).slice(0, 700);
    await running.send([cut, `${cut}y`], { cluster: 'prod' });
    const found = await symptom(running, 'unreadable-records');
    expect(found).toMatchObject({
      severity: 'problem',
      subject: 'cluster prod',
      finding: expect.stringMatching(
        /^2 records of the last day that should be audit events and cannot be read: audit event: expected/,
      ),
      advice: expect.stringContaining('max_log_size'),
    });
    expect(found?.sample).toBe(cut.slice(0, 200));
  });

  test('whose own times cannot be read are a problem, with one of these', async () => {
    const running = await startService();
    const now = new Date().toISOString();
    const broken = now.replace('Z', '.25Z');
    const inEnvelope = {
      category: 'kube-audit',
      properties: { log: JSON.stringify(auditEvent({ requestReceivedTimestamp: broken, stageTimestamp: broken })) },
    };
    await running.send(
      [
        auditEvent({ stageTimestamp: broken }),
        inEnvelope,
        auditEvent({ stageTimestamp: null, requestReceivedTimestamp: '0001-01-01T00:00:00Z', timestamp: now }),
        auditEvent(),
      ],
      { cluster: 'prod' },
    );
    const found = await symptom(running, 'unreadable-times');
    expect(found).toMatchObject({
      severity: 'problem',
      subject: 'cluster prod',
      finding: '3 times of audit events of the last day that cannot be read.',
    });
    expect(found?.sample).toMatch(/^"(?:stage|requestReceived)Timestamp":"20.*\.25Z"$/);
  });

  test('that use one auditID for different things are a warning, copies a note', async () => {
    const running = await startService();
    const [one, other] = [auditEvent({ auditID: 'chosen' }), auditEvent({ auditID: 'chosen', verb: 'delete' })];
    await running.send([one, other, auditEvent()], { cluster: 'prod' });
    await running.send([one], { cluster: 'prod' });
    expect(await symptom(running, 'reused-audit-ids')).toMatchObject({
      severity: 'warning',
      subject: 'cluster prod',
      finding: '1 auditID of the newest events shared by different ones at one stage, chosen by 2.',
    });
    expect(await symptom(running, 'dropped-copies')).toMatchObject({
      severity: 'warning',
      finding: '1 record of the last day dropped as copies of others (25 %).',
    });
  });

  test('that use one auditID for different things are found in loads whose rows are merged', async () => {
    const running = await startService();
    for (const verb of ['get', 'delete', 'list']) {
      await running.send([auditEvent({ auditID: verb === 'list' ? 'another' : 'chosen', verb })], { cluster: 'prod' });
    }
    await running.service.database.write(async (connection) => {
      await connection.run('delete from load_commit where commit_seq = 1');
      await connection.run('update load_commit set audit_rows = 2 where commit_seq = 2');
    });
    expect(await symptom(running, 'reused-audit-ids')).toMatchObject({ subject: 'cluster prod' });
  });

  test('that stopped coming are a problem where they came steadily, and none where they are rare', async () => {
    const running = await startService();
    await running.send([auditEvent()], { cluster: 'fresh' });
    const insert = (cluster: string, count: number, arrived: string) =>
      running.service.database.write((connection) =>
        connection.run(
          `insert into kube_audit_hot (_time, _indextime, cluster, _raw, identity, commit_seq)
           select ${arrived}, ${arrived}, '${cluster}', '{}', uuid(), 1 from range(${count}) t(n)`,
        ),
      );
    await insert('stopped', 500, inMicros('-7200 - n'));
    await insert('rare', 5, inMicros('-7200 - n * 10000'));
    await insert('gone', 500, inMicros('-30 * 86400 - n'));
    const { symptoms } = await examined(running);
    expect(symptoms.filter(({ code }) => code === 'silent-source')).toMatchObject([
      {
        severity: 'problem',
        subject: 'cluster stopped',
        finding: 'Nothing of kube_audit has arrived for 2 h, after 500 events.',
      },
    ]);
  });
});

describe('the doors', () => {
  test('say what was refused, by reason', async () => {
    const running = await startService();
    await running.send([auditEvent()], { cluster: 'prod' });
    const answer = await fetch(`http://${running.service.addresses.otlpHttp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"broken',
    });
    expect(answer.status).toBe(400);
    expect(await symptom(running, 'refused-bad-data')).toMatchObject({
      severity: 'problem',
      subject: 'receiver otlp/http',
      finding: expect.stringMatching(/^1 request refused since the start at \d{4}-/),
    });
  });

  test('say what volume rules left out', async () => {
    const running = await startService(
      'volume: { rules: [{ name: probes, search: "requestURI=/healthz*", action: drop }] }',
    );
    await running.send([auditEvent({ requestURI: '/healthz' }), auditEvent()], { cluster: 'prod' });
    expect(await symptom(running, 'volume-rule')).toMatchObject({
      severity: 'note',
      subject: 'volume rule probes',
      finding: expect.stringMatching(/^1 event left out since the start at \d{4}-.*; it drops what it matches\.$/),
    });
  });
});

describe('detections', () => {
  test('that failed, were skipped or are overdue are problems', async () => {
    const running = await startService();
    await running.send([auditEvent()], { cluster: 'prod' });
    const run = (id: string, detection: string, status: string, scheduled: string, error: string) => `
      select '${id}' as run_id, '${detection}' as detection, 'scheduled' as kind, '1' as detection_version, 'h' as content_hash,
        ${inMicros(scheduled)} as scheduled_at, ${inMicros(`${scheduled} - 3600`)} as window_earliest,
        ${inMicros(scheduled)} as window_latest, '${status}' as status, 0 as revision, 1 as attempt, ${error} as error,
        ${inMicros(scheduled)} as finished_at, 4 as missing_risk_objects, 3 as dropped_risk_objects, 200000 as duration_ms`;
    await running.service.database.write((connection) =>
      connection.run(
        `insert into detection_run by name ${[
          run('1', 'a', 'failed', '-7200', "'no memory'"),
          run('2', 'a', 'failed', '-3600', "'no lookup'"),
          run('3', 'b', 'skipped', '-7200', 'null'),
          run('6', 'e', 'skipped', '-7200', "'detection: expected in the content'"),
          run('4', 'c', 'pending', '-1800', 'null'),
          run('5', 'd', 'done', '-1800', 'null'),
        ].join(' union all ')}`,
      ),
    );
    const { symptoms } = await examined(running);
    const about = (code: string) =>
      symptoms.filter((one) => one.code === code).map(({ subject, finding }) => `${subject}: ${finding}`);
    expect(about('failed-runs')).toEqual(['detection a: 2 windows of the last week failed: no lookup']);
    expect(about('skipped-windows')).toEqual([
      expect.stringMatching(/^detection b: 1 window from .* skipped: further back than detections\.catch_up\.$/),
    ]);
    expect(about('gone-detection')).toEqual([
      expect.stringMatching(
        /^detection e: 1 window from .* skipped: the detection left the content before they ran\.$/,
      ),
    ]);
    expect(about('overdue-windows')).toEqual([
      expect.stringMatching(/^detections: 1 window due and not run, the oldest for 30 min/),
    ]);
    expect(about('unscored-risk-objects')).toEqual([
      'detection d: 4 risk objects of the last day without risk: the result row lacks the field that names them.',
    ]);
    expect(about('dropped-risk-objects')).toEqual([
      'detection d: 3 risk objects of the last day without risk: one result row gives at most 1000 of a field (detections.max_risk_events_per_field).',
    ]);
    expect(about('slow-detection')).toEqual([
      'detection d: A run of the last day took 3 min 20 s; after 5 min (detections.run_timeout) it is stopped and fails.',
    ]);
  });

  test('that read what the level of a cluster leaves out are blind there, and said to be', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pintail-doctor-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const detection = (name: string, search: string) =>
      writeFile(join(folder, `${name}.yml`), `name: ${name}\nid: ${name}\ntype: Hunting\nsearch: '${search}'\n`);
    await detection('privileged', 'dataset=kube_audit requestObject.spec.hostPID=true | stats count by user.username');
    await detection('reads', 'dataset=kube_audit verb=list | stats count by user.username');
    await detection('azure', 'dataset=aks | stats count');
    await detection('broken', 'dataset=kube_audit | frobnicate user');
    const running = await startService(`detections: { paths: [${JSON.stringify(folder)}] }`);
    await running.send([auditEvent(), auditEvent({ level: 'Metadata' })], { cluster: 'prod' });
    const { symptoms } = await examined(running);
    const about = (code: string) =>
      symptoms
        .filter((one) => one.code === code)
        .map(({ severity, subject, finding }) => `${severity} ${subject}: ${finding}`);
    expect(about('blind-detections')).toEqual([
      'warning cluster prod: 1 detection (privileged): blind, it reads requestObject, but every event of cluster prod is at level Metadata.',
    ]);
    expect(about('no-data-for-detections')).toEqual([
      'note detections: 1 detection (azure) found nothing to look at in the last 1 h: There is no event of dataset=aks.',
    ]);
    expect(about('detection-does-not-compile')).toEqual([
      'problem detection broken: It never runs: error[SPL202]: search: expected a command, found "frobnicate".',
    ]);
  });
});

describe('what waits to leave', () => {
  test('for long, for nobody, or was refused for good is a problem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pintail-doctor-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const running = await startService(
      'exporters: { otlp: { endpoint: "http://127.0.0.1:9", retry_on_failure: { initial_interval: 1h, max_interval: 1h } } }',
    );
    await running.send([auditEvent()], { cluster: 'prod' });
    await running.service.database.write((connection) =>
      connection.run(
        `insert into outbox (sequence, event_id, destination, payload, payload_bytes, enqueued_at, attempts, next_attempt_at, last_error, status) values
          (1, 'a', 'otlp', '{}', 2, ${inMicros('-7200')}, 3, ${inMicros('3600')}, 'connect ECONNREFUSED', 'pending'),
          (2, 'b', 'otlp', '{}', 2, ${inMicros('-60')}, 0, null, null, 'pending'),
          (3, 'c', 'otlp', '{}', 2, ${inMicros('-60')}, 1, null, 'index not allowed', 'dead'),
          (4, 'd', 'webhook', '{}', 2, ${inMicros('-60')}, 0, null, null, 'pending')`,
      ),
    );
    const { symptoms } = await examined(running);
    expect(
      symptoms
        .filter(({ subject }) => subject.startsWith('exporter'))
        .map(({ severity, code, subject, finding }) => [severity, code, subject, finding]),
    ).toEqual([
      [
        'problem',
        'outbox-stuck',
        'exporter otlp',
        '2 events waiting to be sent, the oldest for 2 h: connect ECONNREFUSED',
      ],
      ['problem', 'dead-letters', 'exporter otlp', '1 event refused for good or too old: index not allowed'],
      [
        'problem',
        'orphaned-events',
        'exporter webhook',
        '1 event waiting for an exporter that is not in the configuration.',
      ],
    ]);
  });
});

test('a store that no service has open is examined in place, as of its last event', async () => {
  const running = await startService();
  await running.send([auditEvent()], { cluster: 'prod' });
  await running.service.shutdown();
  const { status, stdout } = await doctor('--db', running.directory, '--format', 'json');
  const report = JSON.parse(stdout) as DoctorReport;
  expect(report.sources).toMatchObject([{ cluster: 'prod', events: 1 }]);
  expect(report.symptoms.map(({ code }) => code)).not.toContain('silent-source');
  expect(status).toBe(0);
});

test('wrong usage is told', async () => {
  await expect(doctor()).rejects.toThrow('expected --server or else --db.');
  await expect(doctor('--server', 'http://x', '--db', '/y')).rejects.toThrow('expected --server or else --db.');
  await expect(doctor('--server', 'http://127.0.0.1:9')).rejects.toThrow(
    'http://127.0.0.1:9: expected a running service',
  );
});

test.each([
  [0, '0 s'],
  [59.6, '1 min'],
  [3600, '1 h'],
  [3661, '1 h 1 min'],
  [93_600, '1 d 2 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(showSeconds(seconds)).toBe(text);
}); // biome-ignore format: sentences to compare
