import { describe, expect, test } from 'vitest';
import type { AuditRow, AuditUser, LogRow } from '../../src/component.ts';
import { chooseSeed } from '../support/seed.ts';
import { auditRow, logRow, noonMicros, openTestStore } from './store-fixture.ts';

const seed = chooseSeed();
let state = seed;
const random = (bound: number): number => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
};
const pick = <T>(...choices: readonly T[]): T => choices[random(choices.length)] as T;

/** Every control character, what quotes and separates in any text format, and characters of one to four bytes. */
const characters = [
  ...Array.from({ length: 0x21 }, (_item, code) => String.fromCharCode(code)),
  ...'"\'\\,;:{}[]|\u007f\u0080\u0085\u00a0éß\u2028\u2029\uffff',
  '🦆',
  '\ud800',
  '\udc00',
  'PAR1',
  '\r\n',
];

function text(): string {
  const length = pick(0, 1, 2, 5, 40, 300);
  return Array.from({ length }, () => (random(2) === 0 ? pick(...characters) : pick('a', 'B', '7', '/'))).join('');
}

const maybe = <T>(make: () => T): T | null => (random(3) === 0 ? null : make());
const texts = (): string[] => Array.from({ length: random(4) }, text);
const whole = (): number => pick(0, 1, -1, 403, 2 ** 31, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
const micros = (): number => noonMicros + pick(-1, 0, 1, 123_456, -86_400_000_000) * 1000 + random(1000);
const json = (): string => JSON.stringify({ [text().toWellFormed()]: text().toWellFormed() });
const user = (): AuditUser => ({ username: maybe(text), uid: maybe(text), groups: maybe(texts) });

function randomAudit(): AuditRow {
  return auditRow(text(), {
    ...randomShared(),
    stage: maybe(text),
    level: maybe(text),
    verb: maybe(text),
    requestURI: maybe(text),
    userAgent: maybe(text),
    user: maybe(user),
    impersonatedUser: maybe(user),
    sourceIPs: maybe(texts),
    objectRef: maybe(() => ({
      resource: maybe(text),
      namespace: maybe(text),
      name: maybe(text),
      uid: maybe(text),
      apiGroup: maybe(text),
      apiVersion: maybe(text),
      resourceVersion: maybe(text),
      subresource: maybe(text),
    })),
    responseStatus: maybe(() => ({
      status: maybe(text),
      message: maybe(text),
      reason: maybe(text),
      code: maybe(whole),
    })),
    requestReceivedMicros: maybe(micros),
    stageMicros: maybe(micros),
    annotations: maybe(() => Object.fromEntries(texts().map((name) => [`${random(9)}${name.toWellFormed()}`, text()]))),
    hasObjects: pick(false, true),
    objectKeys: maybe(text),
    cloud: maybe(() => pick('eks', 'aks', 'gke')),
    event: maybe(text),
  });
}

function randomLog(): LogRow {
  return logRow(text(), {
    ...randomShared(),
    severityNumber: maybe(() => 1 + random(24)),
    severityText: maybe(text),
    eventName: maybe(text),
    unreadable: maybe(text),
  });
}

function randomShared() {
  return {
    timeMicros: micros(),
    hasOwnTime: random(4) > 0,
    cluster: maybe(text),
    index: maybe(text),
    source: maybe(text),
    sourcetype: maybe(text),
    host: maybe(text),
    resource: maybe(json),
    attributes: maybe(json),
    // DuckDB's client cuts a byte-order mark off the texts that it gives back; the bytes are compared below.
    _raw: pick('', '\ufeff') + text(),
    identity: Buffer.from(Array.from({ length: 16 }, () => random(256))).toString('hex'),
  };
}

/** As the tables give it back: lone surrogates are U+FFFD, an object without parts is NULL. */
function stored(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(stored);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.every(([, part]) => part === null)) return null;
  return Object.fromEntries(entries.map(([name, part]) => [name.toWellFormed(), stored(part)]));
}

const iso = (time: number | null): string | null =>
  time === null ? null : `${new Date(Math.floor(time / 1000)).toISOString().slice(0, 23)}${micros3(time)}Z`;
const micros3 = (time: number): string => {
  const rest = ((time % 1000) + 1000) % 1000;
  return rest === 0 ? '' : String(rest).padStart(3, '0');
};

function storedShared(row: AuditRow | LogRow): object {
  const { cluster, index, source, sourcetype, host, resource, attributes, _raw } = row;
  const bytes = Buffer.from(_raw).toString('hex').toUpperCase();
  return { _time: iso(row.timeMicros), cluster, index, source, sourcetype, host, resource, attributes, bytes };
}

const digits = `replace(identity::varchar, '-', '') as identity`;
const byIdentity = (left: { identity?: unknown }, right: { identity?: unknown }) =>
  String(left.identity) < String(right.identity) ? -1 : 1;

describe(`random rows (PINTAIL_SEED=${seed})`, () => {
  test('come back from the tables as they were, character for character, through one load of many batches', {
    timeout: 60_000,
  }, async () => {
    await using opened = await openTestStore({ settings: { segmentBytes: 200_000 } });
    const audit: AuditRow[] = [];
    const logs: LogRow[] = [];
    for (let batch = 0; batch < 40; batch++) {
      const rows = {
        audit: Array.from({ length: pick(0, 1, 3, 60) }, randomAudit),
        logs: Array.from({ length: pick(0, 1, 2, 20) }, randomLog),
      };
      await opened.store.append(rows);
      audit.push(...rows.audit);
      logs.push(...rows.logs);
    }
    const columns = `_time, cluster, "index", source, sourcetype, host, resource, attributes, hex(encode(_raw)) as bytes, ${digits}`;
    const found = await opened.loadedRows(
      `select ${columns}, "auditID", stage, level, verb, "requestURI", "userAgent", "user", "impersonatedUser",
        "sourceIPs", "objectRef", "responseStatus", "requestReceivedTimestamp", "stageTimestamp", annotations, has_objects, object_keys, cloud, event
        from kube_audit`,
    );
    const expected = audit.map((row) =>
      stored({
        ...storedShared(row),
        identity: row.identity,
        auditID: row.auditID,
        stage: row.stage,
        level: row.level,
        verb: row.verb,
        requestURI: row.requestURI,
        userAgent: row.userAgent,
        user: row.user,
        impersonatedUser: row.impersonatedUser,
        sourceIPs: row.sourceIPs,
        objectRef: row.objectRef,
        responseStatus: row.responseStatus,
        requestReceivedTimestamp: iso(row.requestReceivedMicros),
        stageTimestamp: iso(row.stageMicros),
        annotations: row.annotations,
        has_objects: row.hasObjects,
        object_keys: row.objectKeys,
        cloud: row.cloud,
        event: row.event,
      }),
    ) as { identity: unknown }[];
    expect(found.toSorted(byIdentity).map(stripFraction)).toEqual(expected.toSorted(byIdentity).map(stripFraction));
    const foundLogs = await opened.loadedRows(
      `select ${columns}, severity_number, severity_text, event_name, unreadable from logs`,
    );
    const expectedLogs = logs.map((row) =>
      stored({
        ...storedShared(row),
        identity: row.identity,
        severity_number: row.severityNumber,
        severity_text: row.severityText,
        event_name: row.eventName,
        unreadable: row.unreadable,
      }),
    ) as { identity: unknown }[];
    expect(foundLogs.toSorted(byIdentity).map(stripFraction)).toEqual(
      expectedLogs.toSorted(byIdentity).map(stripFraction),
    );
  });

  test('fill a dictionary of every size, up to a word of its own in each row', async () => {
    await using opened = await openTestStore();
    for (const words of [1, 2, 3, 255, 256, 257, 3000]) {
      const rows = Array.from({ length: 3000 }, (_item, n) => auditRow(`${words}-${n}`, { verb: `word ${n % words}` }));
      await opened.store.append({ audit: rows, logs: [] });
    }
    expect(
      await opened.loadedRows(
        `select w as words, count(distinct verb) as n,
          count(*) filter (where verb <> 'word ' || n % w) as wrong
          from (select verb, split_part("auditID", '-', 1)::integer as w, split_part("auditID", '-', 2)::integer as n from kube_audit)
          group by 1 order by 1`,
      ),
    ).toEqual([1, 2, 3, 255, 256, 257, 3000].map((words) => ({ words, n: words, wrong: 0 })));
  });
});

/** Times are printed with three digits or six. */
function stripFraction(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^\d{4}-.*\d000Z$/.test(value) ? value.replace(/000Z$/, 'Z') : value,
    ]),
  );
}
