import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageDecoder } from '../../src/store/whole-texts.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

describe('EngineConnection', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const columnsAndRows = (sql: string) =>
    database.read({ share: 'service' }, async (connection) => {
      const stream = await connection.stream(sql);
      const rows = [];
      for await (const chunk of stream.chunks()) rows.push(...chunk);
      return { names: stream.columns.map(({ name }) => name), rows };
    });

  it('keeps columns named like the properties of every object', async () => {
    const sql = 'select 1 as "__proto__", 2 as "constructor", 3 as "toString"';
    const [queried] = await database.query(sql);
    const streamed = await columnsAndRows(sql);
    for (const row of [queried, streamed.rows[0]]) {
      expect(Object.entries(row ?? {})).toEqual([
        ['__proto__', 1],
        ['constructor', 2],
        ['toString', 3],
      ]);
    }
  });

  it('gives every column a name of its own, also where a number is taken already', async () => {
    const { names, rows } = await columnsAndRows(
      'select 1 as a, 2 as a, 3 as "a:1", 4 as constructor, 5 as constructor',
    );
    expect(names).toEqual(['a', 'a:2', 'a:1', 'constructor', 'constructor:1']);
    expect(rows).toEqual([{ a: 1, 'a:2': 2, 'a:1': 3, constructor: 4, 'constructor:1': 5 }]);
  });

  it('reads a text that begins with U+FEFF whole, wherever it stands', async () => {
    const long = `\ufeff${'a'.repeat(100)}`;
    const sql = `select '\ufeffadmin' as short, '${long}' as long, ['\ufeffa'] as list, {'b': '\ufeff'} as struct,
      map {'\ufeffk': '\ufeffv'} as map, '"\ufeffj"'::json ->> '$' as json, '\ufeff\ufeffadmin' as twice`;
    const [queried] = await database.query(sql);
    const streamed = await columnsAndRows(sql);
    for (const row of [queried, streamed.rows[0]]) {
      expect(row).toMatchObject({ short: '\ufeffadmin', long, list: ['\ufeffa'], struct: { b: '\ufeff' } });
      expect(row).toMatchObject({ json: '\ufeffj', twice: '\ufeff\ufeffadmin' });
      expect(JSON.stringify(row?.map)).toContain('"\ufeffk"');
    }
  });

  it('needs its own decoder for that: the one of the package drops U+FEFF', () => {
    expect(packageDecoder.decode(Buffer.from('\ufeffadmin'))).toBe('admin');
  });

  it('never ends a stream as if it were whole because it was interrupted', async () => {
    const endless = 'select a.range as a, b.range as b from range(10000000) a, range(10000000) b';
    for (let attempt = 0; attempt < 16; attempt += 1) {
      const stop = new AbortController();
      const reason = new Error('over');
      let rows = 0;
      const read = database.read({ share: 'hunt', signal: stop.signal }, async (connection) => {
        const stream = await connection.stream(endless);
        for await (const chunk of stream.chunks()) {
          rows += chunk.length;
          // While the next chunk is being made, at another moment of it each time.
          if (rows === 20_480) setTimeout(() => stop.abort(reason), attempt % 4);
        }
        return rows;
      });
      await expect(read, `attempt ${attempt}`).rejects.toBe(reason);
      expect(rows).toBeGreaterThanOrEqual(20_480);
    }
  });

  it('refuses a struct whose member would be lost, and shows it as JSON', async () => {
    await expect(database.query(`select {'__proto__': 1, 'a': 2} as s`)).rejects.toThrow(/column s: .*"__proto__"/);
    expect(await database.query(`select {'__proto__': 1, 'a': 2}::json::varchar as s`)).toEqual([
      { s: '{"__proto__":1,"a":2}' },
    ]);
    expect(await database.query(`select map {'__proto__': 1}::json::varchar as m`)).toEqual([{ m: '{"__proto__":1}' }]);
  });
});
