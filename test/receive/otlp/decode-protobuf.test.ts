import { describe, expect, it } from 'vitest';
import { BadDataError } from '../../../src/receive/bad-data-error.ts';
import { decodeProtobuf } from '../../../src/receive/otlp/decode-protobuf.ts';
import { deeplyNestedRequest, encodeLogs, encodeMessage, field, logsRequest } from './support/otlp-proto.ts';

const limits = { maxNestingDepth: 8, maxRecordsPerRequest: 10 };

function decodeOne(record: object) {
  return decodeProtobuf(encodeLogs([record]), limits).resourceLogs[0]!.logRecords[0]!;
}

function badData(bytes: Buffer): BadDataError {
  try {
    decodeProtobuf(bytes, limits);
  } catch (error: unknown) {
    expect(error).toBeInstanceOf(BadDataError);
    return error as BadDataError;
  }
  throw new Error('decoded');
}

describe('decodeProtobuf', () => {
  it('reads every field of a log record', () => {
    expect(
      decodeOne({
        timeUnixNano: '1790000000123456789',
        observedTimeUnixNano: '18446744073709551615',
        severityNumber: 9,
        severityText: 'INFO',
        body: { stringValue: 'naïve ✓' },
        attributes: [{ key: 'log.file.path', value: { stringValue: '/var/log/audit.log' } }],
        droppedAttributesCount: 3,
        flags: 1,
        traceId: Buffer.alloc(16, 1),
        spanId: Buffer.alloc(8, 2),
        eventName: 'k8s.audit',
      }),
    ).toEqual({
      timeUnixNano: 1_790_000_000_123_456_789n,
      observedTimeUnixNano: 18_446_744_073_709_551_615n,
      severityNumber: 9,
      severityText: 'INFO',
      body: 'naïve ✓',
      attributes: { 'log.file.path': '/var/log/audit.log' },
      eventName: 'k8s.audit',
    });
  });

  it("gives an empty record the proto's defaults", () => {
    expect(decodeOne({})).toEqual({
      timeUnixNano: 0n,
      observedTimeUnixNano: 0n,
      severityNumber: 0,
      severityText: '',
      body: null,
      attributes: {},
      eventName: '',
    });
  });

  it('reads every kind of value', () => {
    const { body } = decodeOne({
      body: {
        kvlistValue: {
          values: [
            { key: 'text', value: { stringValue: '' } },
            { key: 'true', value: { boolValue: true } },
            { key: 'false', value: { boolValue: false } },
            { key: 'double', value: { doubleValue: -0.5 } },
            { key: 'bytes', value: { bytesValue: Buffer.from([0, 255]) } },
            { key: 'list', value: { arrayValue: { values: [{ intValue: 1 }, {}, { stringValue: 'b' }] } } },
            { key: 'map', value: { kvlistValue: { values: [] } } },
            { key: 'unset', value: {} },
            { key: 'absent' },
          ],
        },
      },
    });
    expect(body).toEqual({
      text: '',
      true: true,
      false: false,
      double: -0.5,
      bytes: Buffer.from([0, 255]),
      list: [1, null, 'b'],
      map: {},
      unset: null,
      absent: null,
    });
  });

  it.each([
    ['0', 0],
    ['-1', -1],
    ['2147483648', 2_147_483_648],
    ['-2147483649', -2_147_483_649],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
  ])('keeps the integer %s exactly', (intValue, expected) => {
    expect(decodeOne({ body: { intValue } }).body).toBe(expected);
  });

  it('keeps keys that JavaScript objects inherit, and the last of repeated ones', () => {
    const { attributes } = decodeOne({
      attributes: [
        { key: '__proto__', value: { stringValue: 'a' } },
        { key: 'constructor', value: { intValue: 1 } },
        { key: 'constructor', value: { intValue: 2 } },
      ],
    });
    expect(Object.entries(attributes)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 2],
    ]);
    expect(Object.getPrototypeOf(attributes)).toBeNull();
  });

  it('gives records that repeat the attributes of the one before the same map, and every other its own', () => {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const [path, pod, other] = [attribute('log.file.path', '/a'), attribute('pod', 'x'), attribute('pod', 'y')];
    const records = [[path, pod], [path, pod], [path, pod, other], [path, pod], [path], [], [path], [other, path]];
    const { logRecords } = decodeProtobuf(encodeLogs(records.map((attributes) => ({ attributes }))), limits)
      .resourceLogs[0]!;
    expect(logRecords.map(({ attributes }) => ({ ...attributes }))).toEqual(
      records.map((attributes) => Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))),
    );
    expect(logRecords[1]!.attributes).toBe(logRecords[0]!.attributes);
  });

  it('adds attributes that stand apart from the others to their own record only', () => {
    const attribute = (key: string) =>
      field(0x32, Buffer.concat([field(0x0a, Buffer.from(key)), field(0x12, field(0x0a, Buffer.from('v')))]));
    const body = field(0x2a, field(0x0a, Buffer.from('text')));
    const [a, b] = [attribute('a'), attribute('b')];
    const records = [
      Buffer.concat([a, body]),
      Buffer.concat([a, body, b]),
      Buffer.concat([a, body]),
      Buffer.concat([b, body, a]),
    ];
    const scope = Buffer.concat(records.map((record) => field(0x12, record)));
    const { logRecords } = decodeProtobuf(field(0x0a, field(0x12, scope)), limits).resourceLogs[0]!;
    expect(logRecords.map(({ attributes }) => Object.keys(attributes))).toEqual([['a'], ['a', 'b'], ['a'], ['b', 'a']]);
  });

  it('counts attributes that are not UTF-8 in every record that has them', () => {
    const attribute = field(
      0x32,
      Buffer.concat([field(0x0a, Buffer.from('k')), field(0x12, field(0x0a, Buffer.from([0xff])))]),
    );
    const scope = Buffer.concat([attribute, attribute].map((record) => field(0x12, record)));
    expect(decodeProtobuf(field(0x0a, field(0x12, scope)), limits).invalidUtf8.count).toBe(2);
  });

  it('keeps resources apart, those without records left out, and flattens scopes in order', () => {
    const resource = (name: string) => ({ attributes: [{ key: 'host.name', value: { stringValue: name } }] });
    const record = (body: string) => ({ body: { stringValue: body } });
    const { resourceLogs, logRecords } = decodeProtobuf(
      encodeMessage('ExportLogsServiceRequest', {
        resourceLogs: [
          {
            resource: resource('a'),
            scopeLogs: [
              { scope: { name: 's' }, logRecords: [record('1')], schemaUrl: 'u' },
              { logRecords: [record('2'), record('3')] },
            ],
          },
          { resource: resource('b'), scopeLogs: [] },
          { scopeLogs: [{ logRecords: [record('4')] }] },
        ],
      }),
      limits,
    );
    expect(logRecords).toBe(4);
    expect(resourceLogs.map((each) => [each.resourceAttributes, each.logRecords.map((log) => log.body)])).toEqual([
      [{ 'host.name': 'a' }, ['1', '2', '3']],
      [{}, ['4']],
    ]);
  });

  it('takes an empty request', () => {
    expect(decodeProtobuf(Buffer.alloc(0), limits)).toMatchObject({ resourceLogs: [], logRecords: 0 });
  });

  it('skips unknown fields of every wire type at every level', () => {
    const unknown = Buffer.from([
      ...[0xa0, 0x06, 0x96, 0x01], // field 100, varint
      ...[0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], // 64 bit
      ...[0xa2, 0x06, 2, 9, 9], // bytes
      ...[0xa5, 0x06, 1, 2, 3, 4], // 32 bit
      ...[0xa3, 0x06, 0x08, 0x01, 0xa4, 0x06], // group
    ]);
    const wrap = (tag: number, content: Buffer) => field(tag, Buffer.concat([unknown, content, unknown]));
    const body = wrap(0x2a, field(0x0a, Buffer.from('kept')));
    const bytes = Buffer.concat([
      unknown,
      [0x12, 0x12, 0x0a].reduce((message, tag) => wrap(tag, message), body),
      unknown,
    ]);
    expect(decodeProtobuf(bytes, limits).resourceLogs[0]!.logRecords[0]!.body).toBe('kept');
  });

  it('rejects only the record that nests too deep, and names it', () => {
    const nested = (depth: number): object =>
      depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [nested(depth - 1)] } };
    const request = decodeProtobuf(
      encodeLogs([
        { body: nested(8) },
        { attributes: [{ key: 'a', value: nested(9) }] },
        { body: { stringValue: 'after' } },
      ]),
      limits,
    );
    expect(request.resourceLogs[0]!.logRecords.map((record) => typeof record.body)).toEqual(['object', 'string']);
    expect(request.rejected).toMatchObject({
      count: 1,
      field: 'resourceLogs[0].scopeLogs[0].logRecords[1].attributes',
      description: 'expected at most 8 levels of nesting, found more.',
    });
  });

  it('survives a body nested 10,000 lists deep', () => {
    const request = decodeProtobuf(deeplyNestedRequest(10_000), { ...limits, maxNestingDepth: 256 });
    expect(request.logRecords).toBe(0);
    expect(request.rejected).toMatchObject({
      count: 1,
      field: 'resourceLogs[0].scopeLogs[0].logRecords[0].body',
      description: 'expected at most 256 levels of nesting, found more.',
    });
  });

  it('reads nesting up to its limit', () => {
    expect(decodeProtobuf(deeplyNestedRequest(256), { ...limits, maxNestingDepth: 256 }).logRecords).toBe(1);
    expect(decodeProtobuf(deeplyNestedRequest(257), { ...limits, maxNestingDepth: 256 }).logRecords).toBe(0);
  });

  it('reads as many records as its limit, over all resources, and refuses one more before it reads on', () => {
    const resources = (...counts: readonly number[]) =>
      encodeMessage('ExportLogsServiceRequest', {
        resourceLogs: counts.map((count) => ({ scopeLogs: [{ logRecords: Array(count).fill({}) }] })),
      });
    expect(decodeProtobuf(resources(4, 6), limits).logRecords).toBe(10);
    const more = Buffer.concat([resources(4, 7), Buffer.from('this is no protobuf')]);
    expect(() => decodeProtobuf(more, limits)).toThrow(
      'request: expected at most 10 log records (max_records_per_request), found more.',
    );
  });

  it('keeps nothing of resources without records', () => {
    const request = decodeProtobuf(Buffer.alloc(2000, Buffer.from([0x0a, 0x00])), limits);
    expect(request).toMatchObject({ resourceLogs: [], logRecords: 0 });
  });

  it('refuses groups nested without end', () => {
    const groups = Buffer.alloc(20_000, Buffer.from([0xa3, 0x06]));
    expect(badData(groups).message).toContain('max depth exceeded');
  });

  it('hands on a body that is not UTF-8 as the bytes that came', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    const record = field(0x2a, field(0x0a, bytes));
    const request = decodeProtobuf(field(0x0a, field(0x12, field(0x12, record))), limits);
    expect(request.resourceLogs[0]!.logRecords[0]!.body).toEqual(bytes);
    expect(request.rejected.count).toBe(0);
    expect(request.invalidUtf8).toMatchObject({
      count: 1,
      field: 'resourceLogs[0].scopeLogs[0].logRecords[0].body',
      description: 'expected UTF-8 text, found other bytes; kept.',
    });
  });

  it('takes U+FFFD that was sent as such for text', () => {
    const request = decodeProtobuf(encodeLogs([{ body: { stringValue: 'a\uFFFDb' } }]), limits);
    expect(request.resourceLogs[0]!.logRecords[0]!.body).toBe('a\uFFFDb');
    expect(request.invalidUtf8.count).toBe(0);
  });

  it('leaves a text body that may be an audit event as the bytes that came, and decodes it when asked', () => {
    const record = decodeOne({ body: { stringValue: '{"kind":"Event"}' }, timeUnixNano: '7' });
    expect(record.asciiBody?.toString()).toBe('{"kind":"Event"}');
    expect(record.body).toBe('{"kind":"Event"}');
    expect(record.timeUnixNano).toBe(7n);
  });

  it.each(['', 'text', '{"é":1}', '[{}]', ' {}'])('decodes every other text body at once: %j', (stringValue) => {
    const record = decodeOne({ body: { stringValue } });
    expect(record.asciiBody).toBeUndefined();
    expect(record.body).toBe(stringValue);
  });

  it('takes the last body, and the last value of a body, where they are repeated', () => {
    const bodies = (...values: readonly Buffer[]): Buffer =>
      field(0x0a, field(0x12, field(0x12, Buffer.concat(values.map((value) => field(0x2a, value))))));
    const [object, text, no] = [field(0x0a, Buffer.from('{}')), field(0x0a, Buffer.from('a')), Buffer.from([0x10, 0])];
    const bodyOf = (request: Buffer) => decodeProtobuf(request, limits).resourceLogs[0]!.logRecords[0]!;
    expect(bodyOf(bodies(text, object)).asciiBody).toEqual(Buffer.from('{}'));
    expect(bodyOf(bodies(object, text))).toMatchObject({ body: 'a' });
    expect(bodyOf(bodies(object, text)).asciiBody).toBeUndefined();
    expect(bodyOf(bodies(Buffer.concat([object, no])))).toMatchObject({ body: false });
    expect(bodyOf(bodies(Buffer.concat([no, object])))).toMatchObject({ body: '{}' });
  });

  it.each(['some text', '{"some":"text"}'])('refuses a request cut off anywhere: %j', (stringValue) => {
    const whole = encodeMessage(
      'ExportLogsServiceRequest',
      logsRequest([{ body: { stringValue }, timeUnixNano: '1' }], [{ key: 'k', value: { intValue: 5 } }]),
    );
    for (let length = 1; length < whole.length; length += 1) {
      expect(() => decodeProtobuf(whole.subarray(0, length), limits), `at ${length}`).toThrow(BadDataError);
    }
  });

  it('refuses a message that runs past the one around it', () => {
    const record = Buffer.from([0x2a, 0x7f, 0x0a, 0x00]);
    const error = badData(Buffer.concat([field(0x0a, field(0x12, field(0x12, record))), Buffer.alloc(200)]));
    expect(error.message).toBe('resourceLogs[0].scopeLogs[0].logRecords[0]: expected 127 bytes at offset 8, found 2.');
  });

  it('names what a request of another signal gets wrong', () => {
    // A trace export: Span.trace_id is bytes in field 1, where LogRecord has fixed64.
    const span = field(0x0a, Buffer.alloc(16, 7));
    expect(badData(field(0x0a, field(0x12, field(0x12, span)))).message).toBe(
      'resourceLogs[0].scopeLogs[0].logRecords[0]: expected its own wire type for field 1, found 2; ' +
        'this is not an ExportLogsServiceRequest.',
    );
  });

  it('refuses text that is no protobuf', () => {
    expect(badData(Buffer.from('{"resourceLogs":[]}')).field).toBe('ExportLogsServiceRequest');
  });
});
