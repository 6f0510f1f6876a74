// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are what must not be there
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { chooseFormat, type FormatName, printable, writeResult } from '../../../src/cli/format/index.ts';
import type { SqlColumn, SqlRow } from '../../../src/component.ts';

function columns(...names: string[]): SqlColumn[] {
  return names.map((name) => ({ name, type: name === 'count' ? 'BIGINT' : 'VARCHAR' }));
}

async function print(
  format: FormatName,
  terminal: number | null,
  header: SqlColumn[],
  rows: SqlRow[],
): Promise<string> {
  const output = Object.assign(new PassThrough(), terminal === null ? {} : { isTTY: true, columns: terminal });
  const printed = readText(output);
  await writeResult(format, output, header, [rows]);
  output.end();
  return printed;
}

describe('chooseFormat', () => {
  test('a table on a terminal, ndjson in a pipe, otherwise what was asked for', () => {
    expect(chooseFormat(undefined, { isTTY: true })).toBe('table');
    expect(chooseFormat(undefined, {})).toBe('ndjson');
    expect(chooseFormat('csv', { isTTY: true })).toBe('csv');
  });

  test('refuses what it does not know, parquet by name', () => {
    expect(() => chooseFormat('parquet', {})).toThrow('found parquet, which is planned and not supported yet.');
    expect(() => chooseFormat('xml', {})).toThrow('--format: expected table, ndjson, json, csv, found "xml".');
  });
});

describe('table', () => {
  test('aligns numbers right and text left, and counts rows', async () => {
    const rows = [
      { 'user.username': 'ana', count: 3 },
      { 'user.username': 'system:admin', count: 12n },
    ];
    expect(await print('table', 80, columns('user.username', 'count'), rows)).toBe(
      [
        'user.username  count',
        '─────────────  ─────',
        'ana                3',
        'system:admin      12',
        '(2 rows)',
        '',
      ].join('\n'),
    );
  });

  test('says that there are no rows', async () => {
    expect(await print('table', 80, columns('a'), [])).toBe('a\n─\n(0 rows)\n');
  });

  test('sets the values of a multivalue field apart', async () => {
    const printed = await print('table', 80, columns('ips'), [{ ips: ['10.0.0.1', 'a,b', null] }]);
    expect(printed).toContain('10.0.0.1 | a,b | \n'.replace(' \n', '\n'));
  });

  test('cuts the widest column to fit the terminal and shows that it did', async () => {
    const printed = await print('table', 40, columns('verb', 'uri'), [{ verb: 'list', uri: '/api/v1/'.repeat(20) }]);
    const lines = printed.trimEnd().split('\n').slice(0, -1);
    expect(lines.map((line) => line.length)).toEqual([expect.any(Number), 40, 40]);
    expect(lines[2]).toMatch(/^list {2}\/api.*…$/);
  });

  test('cuts prose at the right before names that differ late', async () => {
    const shared = 'Kubernetes AWS detect suspicious kubectl calls';
    const rows = [
      { name: shared, message: 'm'.repeat(200) },
      { name: `${shared} (CloudWatch)`, message: 'm'.repeat(201) },
      { name: 'Other', message: 'n' },
    ];
    const lines = (await print('table', 80, columns('name', 'message'), rows)).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.slice(2, 4)).toEqual([`${shared}  ${'m'.repeat(31)}…`, `${shared.slice(0, -1)}…  ${'m'.repeat(31)}…`]);
  });

  test('keeps values apart only as far as the terminal is wide', async () => {
    const rows = ['a', 'b'].map((end) => ({ name: 'x'.repeat(90) + end, message: 'y' }));
    const lines = (await print('table', 80, columns('name', 'message'), rows)).split('\n');
    expect(lines[2]).toBe(lines[3]);
    expect(lines[2]).toHaveLength(74);
  });

  test('gives every field a line where the columns do not fit, with the values in full', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `field_number_${index}`);
    const row = Object.fromEntries(names.map((name) => [name, `${name} `.repeat(9)]));
    const printed = await print('table', 60, columns(...names), [{ ...row, field_number_3: null } as SqlRow]);
    expect(printed.split('\n')[0]).toMatch(/^── row 1 ─+$/);
    expect(printed).toContain(`field_number_8  ${'field_number_8 '.repeat(9)}\n`);
    expect(printed).not.toContain('field_number_3');
  });

  test('is as wide as it needs in a pipe', async () => {
    const printed = await print('table', null, columns('uri'), [{ uri: 'x'.repeat(500) }]);
    expect(printed).toContain('x'.repeat(500));
  });

  test('wide and combining characters keep the columns aligned', async () => {
    const rows = [
      { name: '日本', count: 1 },
      { name: 'e\u0301', count: 2 },
      { name: 'abcd', count: 3 },
    ];
    const printed = await print('table', 80, columns('name', 'count'), rows);
    expect(printed.split('\n').slice(2, 5)).toEqual(['日本      1', 'e\u0301         2', 'abcd      3']);
  });

  test('nothing in a name or a value reaches the terminal as a control', async () => {
    const hostile = '\x1b[2J\x1b]0;owned\x07\u009b31m\r\n\u202egnp.exe\u200b\u2066\ud800\u0000\t';
    for (const width of [200, 30]) {
      const printed = await print('table', width, columns(`n${hostile}`, 'm'), [
        { [`n${hostile}`]: hostile, m: [hostile, { a: hostile }] as never },
      ]);
      expect(printed.replaceAll('\n', '')).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800]/,
      );
    }
    expect(printable(hostile)).toBe(
      '\\x1b[2J\\x1b]0;owned\\x07\\x9b31m\\r\\n\\u{202e}gnp.exe\\u{200b}\\u{2066}\\u{d800}\\x00\\t',
    );
  });

  test('rows beyond the sample keep the layout and are all printed', async () => {
    const rows = Array.from({ length: 1_200 }, (_, index) => ({ a: String(index) }));
    const lines = (await print('table', 80, columns('a'), rows)).trimEnd().split('\n');
    expect(lines).toHaveLength(1_203);
    expect(lines.at(-1)).toBe('(1200 rows)');
  });
});

describe('writeResult', () => {
  test.each(['ndjson', 'json', 'csv'] as const)('%s is written as it comes, not held back', async (format) => {
    const seen: string[] = [];
    const output = new Writable({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        seen.push(String(chunk));
        done();
      },
    });
    let rowsSeenBeforeLastChunk = '';
    async function* chunks(): AsyncIterable<readonly SqlRow[]> {
      yield [{ a: 'first' }];
      rowsSeenBeforeLastChunk = seen.join('');
      yield [{ a: 'last' }];
    }
    expect(await writeResult(format, output, columns('a'), chunks())).toBe(2);
    expect(rowsSeenBeforeLastChunk).toContain('first');
    expect(seen.join('')).toContain('last');
  });

  test('a reader that goes ends the result: the rows stop and the error is EPIPE', async () => {
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    output.on('error', () => undefined);
    let isClosed = false;
    async function* endless(): AsyncIterable<readonly SqlRow[]> {
      try {
        for (;;) yield [{ a: 'x' }];
      } finally {
        isClosed = true;
      }
    }
    await expect(writeResult('ndjson', output, columns('a'), endless())).rejects.toMatchObject({ code: 'EPIPE' });
    expect(isClosed).toBe(true);
  });

  test('a real pipe whose reader leaves (head) ends an endless result', async () => {
    const reader = spawn('head', ['-n', '1'], { stdio: ['pipe', 'pipe', 'inherit'] });
    reader.stdin.on('error', () => undefined);
    const firstLine = readText(reader.stdout);
    function* endless(): Iterable<readonly SqlRow[]> {
      for (;;) yield [{ a: 'x'.repeat(10_000) }];
    }
    await expect(writeResult('ndjson', reader.stdin, columns('a'), endless())).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:EPIPE|ECONNRESET)$/),
    });
    expect(await firstLine).toBe(`{"a":"${'x'.repeat(10_000)}"}\n`);
    if (reader.exitCode === null) await once(reader, 'exit');
  });
});
