import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRow } from '../../src/component.ts';
import { rowGroupRows } from '../../src/store/load-size.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { chooseSeed } from '../support/seed.ts';
import { auditBatch, auditRow, noonMicros, openTestStore, type TestStore } from './store-fixture.ts';

const seed = chooseSeed();
const next = randomNumbers(seed);
const below = (bound: number): number => Math.floor(next() * bound);
const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;

/** Characters of one to four bytes, halves of surrogate pairs, what joins with a neighbour, and what quotes. */
const pieces = [
  ...'aB7-/{}[]:,"\\\'%_\u0000\u007f\u0301\u200déß\ufeff\ufffd🦆',
  '\ud83e',
  '\udd86',
  '\\u0041',
  '👩‍👩‍👧',
  '\r\n',
];
const mostLong = [0, 1, 3, 20, 150, 255, 256, 400];
const text = (): string => Array.from({ length: below(pick(mostLong) + 1) }, () => pick(pieces)).join('');
const uuid = (): string =>
  Array.from({ length: 36 }, (_item, at) => (at % 9 === 8 ? '-' : pick([...'0123456789abcdef']))).join('');

/** A text in which the auditID stands once, twice, not at all, in part, escaped, or far behind. */
function textWith(auditID: string): string {
  const again = pick(['', auditID, auditID.slice(1), JSON.stringify(auditID), auditID.slice(0, -1)]);
  return text() + pick([auditID, auditID, again]) + text() + again + text();
}

let count = 0;
function randomRow(): AuditRow {
  const auditID = pick([uuid, uuid, text, () => pick(pieces), () => ''])();
  const envelope = below(4) === 0;
  return auditRow('', {
    auditID: below(9) === 0 ? null : auditID,
    event: envelope ? textWith(auditID) : null,
    _raw: textWith(auditID),
    cluster: `n ${count}`,
    identity: String(count++).padStart(32, '0'),
  });
}

interface Texts {
  readonly auditID: string | null;
  readonly _raw: string;
  readonly event: string | null;
}

const hex = (value: string | null): string | null =>
  value === null ? null : Buffer.from(value).toString('hex').toUpperCase();
const bytesOf = ({ auditID, _raw, event }: Texts) => ({ id: hex(auditID), raw: hex(_raw), event: hex(event) });

const storedTexts = `select hex(encode("auditID")) as id, hex(encode(_raw)) as raw, hex(encode(event)) as event
  from kube_audit order by cluster[3:]::integer`;

const storedForms = `select count(*)::integer as rows, count(raw_start)::integer as cut, count(event_length)::integer as joined,
    count(event)::integer as events from kube_audit_hot`;

describe(`texts of events (PINTAIL_SEED=${seed})`, () => {
  test('are byte for byte what they were, from the table and from the files of a cold tier', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pintail-texts-'));
    const clock = { now: noonMicros / 1000 };
    await using opened = await openTestStore({
      settings: { cold: { afterMs: 0, directory } },
      context: { clock: () => clock.now },
    });
    const rows: AuditRow[] = [];
    for (let batch = 0; batch < 30; batch++) {
      const some = Array.from({ length: 1 + below(60) }, randomRow);
      await opened.store.append(auditBatch(...some));
      rows.push(...some);
    }
    const expected = rows.map(bytesOf);
    expect(await opened.loadedRows(storedTexts)).toEqual(expected);
    const [forms] = await opened.loadedRows(storedForms);
    expect(forms).toMatchObject({ rows: rows.length, events: 0 });
    expect(forms?.joined).toBe(rows.filter(({ event }) => event !== null).length);
    expect(forms?.cut).toBeGreaterThan(rows.length / 10);
    clock.now += 2 * 86_400_000;
    await opened.store.retain();
    expect(await opened.loadedRows(storedForms)).toMatchObject([{ rows: 0 }]);
    expect(await opened.loadedRows(storedTexts)).toEqual(expected);
    rmSync(directory, { recursive: true });
  });

  test('are what they were where events are read from their bytes', async () => {
    const bodies = Array.from({ length: 300 }, (_item, at) => {
      const auditID = pick([uuid, uuid, () => '', () => 'get', () => 'a"b\\c', () => 'x'.repeat(below(300))])();
      const members = [
        ['kind', 'Event'],
        ['level', 'Metadata'],
        ['auditID', auditID],
        ['stage', 'ResponseComplete'],
        ['verb', 'get'],
        ['requestURI', `/${'u'.repeat(below(280))}/${auditID}`],
        ['stageTimestamp', new Date(noonMicros / 1000 + at).toISOString()],
      ] as const;
      const turned = below(members.length);
      const ordered = [...members.slice(turned), ...members.slice(0, turned)];
      const body = JSON.stringify(Object.fromEntries([['apiVersion', 'audit.k8s.io/v1'], ...ordered]));
      return below(4) === 0 ? body.replace('"auditID":"', '"auditID":"\\u0041') : body;
    });
    const { audit } = normalize(
      recordBatch(
        bodies.map((body) => ({ ...logRecord(body), asciiBody: Buffer.from(body) })),
        {},
      ),
      { arrivalMicros: noonMicros },
    );
    expect(audit.filter(({ placed }) => placed !== undefined).length).toBeGreaterThan(100);
    await using opened = await openTestStore();
    await opened.store.append({ audit, logs: [] });
    const found = await opened.loadedRows('select _raw, "auditID" from kube_audit order by _time');
    const expected = audit.map(({ timeMicros }) => bodies[(timeMicros - noonMicros) / 1000] ?? '');
    expect(found).toEqual(expected.map((_raw) => ({ _raw, auditID: (JSON.parse(_raw) as Texts).auditID })));
    const [forms] = await opened.loadedRows(storedForms);
    expect(forms?.cut).toBeGreaterThan(50);
    expect(forms?.cut).toBeLessThan(audit.length);
  });
});

describe('what the table stores', () => {
  const stored = (opened: TestStore) =>
    opened.loadedRows('select raw_start, _raw, event, event_length from kube_audit_hot order by _time');

  test('is a text without its auditID, and an event before its envelope', async () => {
    await using opened = await openTestStore();
    const event = '{"auditID":"a-2","é":"🦆"}';
    await opened.store.append(
      auditBatch(auditRow('a-1'), auditRow('a-2', { timeMicros: noonMicros + 1, event, _raw: `{"message":${event}}` })),
    );
    expect(await stored(opened)).toEqual([
      { raw_start: '{"kind":"Event","auditID":"', _raw: '","verb":"get"}', event: null, event_length: null },
      { raw_start: null, _raw: `${event}{"message":${event}}`, event: null, event_length: [...event].length },
    ]);
  });

  test('is the whole text where the auditID ends behind 256 characters, or each start of the batch is another one', async () => {
    await using opened = await openTestStore();
    const far = (characters: number) => ({ _raw: `${'x'.repeat(characters)}a-1` });
    await opened.store.append(auditBatch(auditRow('a-1', far(253))));
    await opened.store.append(auditBatch(auditRow('a-1', { ...far(254), timeMicros: noonMicros + 1 })));
    const found = await stored(opened);
    expect(found.map(({ raw_start }) => raw_start === null)).toEqual([false, true]);
    await using other = await openTestStore();
    await other.store.append(
      auditBatch(...Array.from({ length: 200 }, (_item, at) => auditRow(`a-${at}`, { _raw: `${at} a-${at} text` }))),
    );
    expect(await other.loadedRows(storedForms)).toMatchObject([{ rows: 200, cut: 64 }]);
  });

  test('is the whole text where the auditID is half of a surrogate pair', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(auditRow('\ud83e', { _raw: 'a 🦆 or two' })));
    expect(await stored(opened)).toMatchObject([{ raw_start: null, _raw: 'a 🦆 or two' }]);
  });

  test('keeps no length of the events that are not there', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(...Array.from({ length: rowGroupRows }, (_item, at) => auditRow(`a-${at}`))));
    const compression = `select distinct column_name, compression from pragma_storage_info('kube_audit_hot')
      where column_name in ('_raw', 'event') and segment_type = 'VARCHAR' order by 1`;
    await opened.store.loaded();
    expect(await opened.loadedRows(compression)).toEqual([
      { column_name: '_raw', compression: 'ZSTD' },
      { column_name: 'event', compression: 'DICT_FSST' },
    ]);
  });
});
