import { describe, expect, it } from 'vitest';
import { BadDataError } from '../../../src/receive/bad-data-error.ts';
import { MOST_BRACKETS } from '../../../src/receive/json-weight.ts';
import { decodeJson } from '../../../src/receive/otlp/decode-json.ts';
import { logsRequest } from './support/otlp-proto.ts';

const limits = { maxNestingDepth: 8, maxRecordsPerRequest: 10 };

function decode(request: object) {
  return decodeJson(Buffer.from(JSON.stringify(request)), limits);
}

function decodeText(text: string) {
  return decodeJson(Buffer.from(text), limits);
}

/** One record given as JSON text, for numbers that JSON.stringify would round. */
function decodeRecordText(record: string) {
  return decodeText(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`);
}

function onlyRecord(request: ReturnType<typeof decode>) {
  expect(request.rejected).toMatchObject({ count: 0 });
  return request.resourceLogs[0]!.logRecords[0]!;
}

describe('decodeJson', () => {
  it('reads every field of a log record', () => {
    const request = decode(
      logsRequest(
        [
          {
            timeUnixNano: '1790000000123456789',
            observedTimeUnixNano: '18446744073709551615',
            severityNumber: 9,
            severityText: 'INFO',
            body: { stringValue: 'naïve ✓' },
            attributes: [{ key: 'log.file.path', value: { stringValue: '/var/log/audit.log' } }],
            traceId: '5B8EFFF798038103D269B633813FC60C',
            spanId: 'eee19b7ec3c1b174',
            eventName: 'k8s.audit',
          },
        ],
        [{ key: 'host.name', value: { stringValue: 'node-1' } }],
      ),
    );
    expect(request.resourceLogs[0]!.resourceAttributes).toEqual({ 'host.name': 'node-1' });
    expect(onlyRecord(request)).toEqual({
      timeUnixNano: 1_790_000_000_123_456_789n,
      observedTimeUnixNano: 18_446_744_073_709_551_615n,
      severityNumber: 9,
      severityText: 'INFO',
      body: 'naïve ✓',
      attributes: { 'log.file.path': '/var/log/audit.log' },
      eventName: 'k8s.audit',
    });
  });

  it('reads every kind of value', () => {
    const values = [
      { key: 'text', value: { stringValue: '' } },
      { key: 'false', value: { boolValue: false } },
      { key: 'double', value: { doubleValue: -0.5 } },
      { key: 'infinite', value: { doubleValue: '-Infinity' } },
      { key: 'bytes', value: { bytesValue: 'AP8=' } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, {}, { stringValue: 'b' }] } } },
      { key: 'map', value: { kvlistValue: {} } },
      { key: 'unset', value: {} },
      { key: 'absent' },
    ];
    expect(onlyRecord(decode(logsRequest([{ body: { kvlistValue: { values } } }]))).body).toEqual({
      text: '',
      false: false,
      double: -0.5,
      infinite: Number.NEGATIVE_INFINITY,
      bytes: Buffer.from([0, 255]),
      list: [1, null, 'b'],
      map: {},
      unset: null,
      absent: null,
    });
  });

  it.each([
    ['"0"', 0],
    ['-1', -1],
    ['"9007199254740993"', 9_007_199_254_740_993n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['"9223372036854775807"', 9_223_372_036_854_775_807n],
    ['1e3', 1000],
    ['1e18', 1_000_000_000_000_000_000n],
  ])('keeps the integer %s exactly', (text, expected) => {
    expect(onlyRecord(decodeRecordText(`{"body":{"intValue":${text}}}`)).body).toBe(expected);
  });

  it('keeps a time that came as a JSON number to the nanosecond', () => {
    const record = onlyRecord(
      decodeRecordText('{"timeUnixNano":1790000000123456789,"body":{"doubleValue":12345678901234567890}}'),
    );
    expect(record.timeUnixNano).toBe(1_790_000_000_123_456_789n);
    expect(record.body).toBe(Number('12345678901234567890'));
  });

  it('ignores unknown fields, snake_case spellings among them', () => {
    expect(decodeText('{"resource_logs":[{"scope_logs":7}],"x":{"y":[]}}')).toMatchObject({ logRecords: 0 });
    const record = onlyRecord(
      decodeRecordText('{"time_unix_nano":"5","zz":{},"body":{"stringValue":"a","string_value":"b"}}'),
    );
    expect(record).toMatchObject({ timeUnixNano: 0n, body: 'a' });
  });

  it('takes null for absent, as proto3 JSON does', () => {
    expect(decodeText('{"resourceLogs":null}')).toMatchObject({ logRecords: 0 });
    const record = onlyRecord(
      decodeRecordText('{"timeUnixNano":null,"severityNumber":null,"body":{"stringValue":null},"attributes":null}'),
    );
    expect(record).toMatchObject({ timeUnixNano: 0n, severityNumber: 0, body: null, attributes: {} });
  });

  it('keeps keys that JavaScript objects inherit', () => {
    const record = onlyRecord(decodeRecordText('{"attributes":[{"key":"__proto__","value":{"intValue":1}}]}'));
    expect(Object.entries(record.attributes)).toEqual([['__proto__', 1]]);
  });

  it('skips a byte-order mark', () => {
    expect(decodeText('\uFEFF{"resourceLogs":[]}')).toMatchObject({ logRecords: 0 });
  });

  it.each([
    ['{"timeUnixNano":"-1"}', '.timeUnixNano', 'expected an unsigned 64-bit integer, found "-1".'],
    [
      '{"timeUnixNano":"18446744073709551616"}',
      '.timeUnixNano',
      'expected an unsigned 64-bit integer, found "18446744073709551616".',
    ],
    ['{"timeUnixNano":1.5}', '.timeUnixNano', 'expected an integer, found 1.5.'],
    [
      '{"severityNumber":"SEVERITY_NUMBER_INFO"}',
      '.severityNumber',
      'expected an integer, found "SEVERITY_NUMBER_INFO".',
    ],
    ['{"severityText":5}', '.severityText', 'expected text, found 5.'],
    ['{"body":"text"}', '.body', 'expected an AnyValue object, found "text".'],
    ['{"body":{"intValue":"9223372036854775808"}}', '.body', 'expected a 64-bit integer, found "9223372036854775808".'],
    ['{"body":{"intValue":true}}', '.body', 'expected an integer, found true.'],
    ['{"body":{"boolValue":"true"}}', '.body', 'expected true or false, found "true".'],
    ['{"body":{"bytesValue":"@"}}', '.body', 'expected base64 text, found "@".'],
    ['{"body":{"doubleValue":"1,5"}}', '.body', 'expected a number, found "1,5".'],
    ['{"attributes":{}}', '.attributes', 'expected an array, found an object.'],
    ['[]', '', 'expected an object, found an array.'],
  ])('rejects only the record %s', (record, path, description) => {
    const request = decodeRecordText(`{"body":{"stringValue":"before"}},${record},{"body":{"stringValue":"after"}}`);
    expect(request.resourceLogs[0]!.logRecords.map(({ body }) => body)).toEqual(['before', 'after']);
    expect(request.rejected).toMatchObject({
      count: 1,
      field: `resourceLogs[0].scopeLogs[0].logRecords[1]${path}`,
      description,
    });
  });

  it('rejects only the record that nests too deep', () => {
    const nested = (depth: number): object =>
      depth === 0 ? { stringValue: 'x' } : { kvlistValue: { values: [{ key: 'k', value: nested(depth - 1) }] } };
    const request = decode(logsRequest([{ body: nested(8) }, { body: nested(9) }]));
    expect(request.logRecords).toBe(1);
    expect(request.rejected.description).toBe('expected at most 8 levels of nesting, found more.');
  });

  it('survives 10,000 levels, in a body and in a field that it ignores', () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(10_000)}${']}}'.repeat(10_000)}`;
    expect(decodeRecordText(`{"body":${deep}}`).rejected.count).toBe(1);
    expect(decodeRecordText(`{"unknown":${deep}}`).logRecords).toBe(1);
  });

  it.each([
    ['{"resourceLogs":[{"scopeLogs":[{"logRecords":[', 'request body: expected JSON, found: '],
    ['', 'request body: expected JSON, found: '],
    ['[]', 'request body: expected a JSON object, found an array.'],
    ['"text"', 'request body: expected a JSON object, found "text".'],
    ['{"resourceLogs":{}}', 'resourceLogs: expected an array, found an object.'],
    ['{"resourceLogs":[5]}', 'resourceLogs[0]: expected an object, found 5.'],
    [
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":"x"}]}]}',
      'resourceLogs[0].scopeLogs[0].logRecords: expected an array, found "x".',
    ],
    [
      '{"resourceLogs":[{"resource":{"attributes":[7]}}]}',
      'resourceLogs[0].resource.attributes: expected a KeyValue object, found 7.',
    ],
  ])('refuses the request %s', (text, message) => {
    expect(() => decodeText(text)).toThrow(BadDataError);
    expect(() => decodeText(text)).toThrow(message);
  });

  it('reads as many records as its limit, over all resources, and refuses one more', () => {
    const resources = (...counts: readonly number[]) =>
      JSON.stringify({
        resourceLogs: counts.map((count) => ({ scopeLogs: [{ logRecords: Array(count).fill({}) }] })),
      });
    expect(decodeText(resources(4, 6)).logRecords).toBe(10);
    expect(() => decodeText(resources(4, 7))).toThrow(
      'request: expected at most 10 log records (max_records_per_request), found more.',
    );
  });

  it('refuses more brackets than V8 has memory for before it parses them', () => {
    expect(() => decodeText(`{"unknown":[${'{},'.repeat(MOST_BRACKETS)}{}]}`)).toThrow(
      `request: expected at most ${MOST_BRACKETS} opening brackets of JSON, found ${MOST_BRACKETS + 3}.`,
    );
  });

  it('keeps text that is not UTF-8 with U+FFFD and counts it', () => {
    const text = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a?b"}}]}]}]}';
    const request = decodeJson(Buffer.from(text.replace('?', '\xff'), 'latin1'), limits);
    expect(onlyRecord(request).body).toBe('a\uFFFDb');
    expect(request.invalidUtf8.count).toBe(1);
  });
});
