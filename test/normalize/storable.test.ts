import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { AnyValue } from '../../src/component.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { chooseSeed } from '../support/seed.ts';

const PREFIX = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","requestObject":';

// Each of these is valid for JSON.parse, and some are not for DuckDB as they stand.
const BODIES: readonly string[] = [
  `${PREFIX}"x"}`,
  `\ufeff${PREFIX}"x"}`,
  `${PREFIX}"\\ud800"}`,
  `${PREFIX}"\\udc00\\ud83d"}`,
  `${PREFIX}"a\\u0000b"}`,
  `${PREFIX}"lone \ud800"}`,
  `${PREFIX}1e999}`,
  `${PREFIX}123456789012345678901234567890}`,
  `${PREFIX}${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  ` \r\n\t${PREFIX}"x"}\n`,
  JSON.stringify({ category: 'kube-audit', properties: { log: `${PREFIX}"\\ud800"}` } }),
  JSON.stringify({
    protoPayload: { serviceName: 'k8s.io', methodName: 'io.k8s.core.v1.pods.get', request: { a: '\ud800' } },
  }),
];

/** Every text of a row, keys included, that holds a lone surrogate. */
function illFormed(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [...illFormed(key), ...illFormed(item)]);
}

it('DuckDB reads the JSON of every audit row, and of the attributes of every row', async () => {
  const nasty: AnyValue = { 'a\ud800': ['b\0c', Number.NaN, 2n ** 63n, new Uint8Array([255])], ['__proto__']: 'x' };
  const records = [...BODIES, 'plain \ud800 text \0'].map((body) => logRecord(body, { attributes: { nasty } }));
  const { audit, logs } = normalize(recordBatch(records, { nasty }), { arrivalMicros: 1 });
  expect([audit.length, logs.length]).toEqual([BODIES.length, 1]);

  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    for (const row of [...audit, ...logs]) {
      const json = 'event' in row ? (row.event ?? row._raw) : '{"verb":"get"}';
      const reader = await connection.runAndReadAll(
        "select $1->>'$.verb', $2 = $2::varchar, ($3::json)->>'$.nasty.__proto__', ($4::json)->>'$.nasty.__proto__'",
        [json, row._raw, row.resource, row.attributes],
      );
      expect(reader.getRows()[0], row._raw.slice(0, 200)).toEqual(['get', true, 'x', 'x']);
    }
  } finally {
    connection.closeSync();
  }
});

it('makes at least one row of every record, readable for DuckDB, whatever is done to its text', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const seed = chooseSeed();
  const random = randomNumbers(seed);
  const pick = (text: string): string => text[Math.floor(random() * text.length)] ?? '';
  const noise = '{}[]",:\\\n\0 \ud800u0dnull5é';
  for (let round = 0; round < 3_000; round++) {
    let body = BODIES[Math.floor(random() * BODIES.length)] ?? '';
    if (body.length > 1_000) body = PREFIX;
    for (let edits = Math.floor(random() * 4); edits >= 0; edits--) {
      const at = Math.floor(random() * (body.length + 1));
      body = body.slice(0, at) + (random() < 0.7 ? pick(noise) : '') + body.slice(at + (random() < 0.5 ? 1 : 0));
    }
    const where = `PINTAIL_SEED=${seed}, round ${round}: ${JSON.stringify(body)}`;
    const { audit, logs } = normalize(recordBatch([logRecord(body)]), { arrivalMicros: 1 });
    expect(audit.length + logs.length, where).toBeGreaterThan(0);
    for (const row of [...audit, ...logs]) expect(illFormed(row), where).toEqual([]);
    for (const row of audit) {
      const reader = await connection.runAndReadAll('select json_valid($1)', [row.event ?? row._raw]);
      expect(reader.getRows()[0], where).toEqual([true]);
    }
  }
  connection.closeSync();
});
