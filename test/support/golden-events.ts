/** Events of the compiler's golden cases in real tables: the migrations, the SQL macros, and a table of places for iplocation. */
import { readdirSync, readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance, DuckDBStructValue, type DuckDBValue } from '@duckdb/node-api';
import { readObjectKeys } from '../../src/normalize/object-keys.ts';

const SQL = new URL('../../sql/', import.meta.url);

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Place = {
  readonly City?: string | null;
  readonly Country?: string | null;
  readonly Region?: string | null;
  readonly lat?: number | null;
  readonly lon?: number | null;
};

/** Columns that a case may override, by the names of the golden format. */
export interface StoredColumns {
  readonly raw?: string;
  readonly event?: string | null;
  readonly cloud?: string | null;
  readonly source?: string | null;
  readonly sourcetype?: string | null;
  readonly host?: string | null;
  readonly index?: string | null;
  readonly cluster?: string | null;
  readonly time?: number;
  readonly resource?: Json;
  readonly attributes?: Json;
}

export interface EventTables {
  /** Audit events as sent, one text each, with what to store beside them. */
  addAuditEvents(lines: readonly string[], columns?: readonly StoredColumns[]): Promise<void>;
  addLogs(logs: readonly (Omit<StoredColumns, 'raw'> & { readonly raw: Json })[]): Promise<void>;
  /** A lookup's table, in place of an earlier one of that name. */
  setLookup(table: string, columns: readonly string[], rows: readonly (readonly (string | null)[])[]): Promise<void>;
  /** What `spl_iplocation` answers. */
  setPlaces(places: Readonly<Record<string, Place>>): Promise<void>;
  /** Session variables `earliest`, `latest`, `now`; undefined unsets. Epoch seconds. */
  setWindow(window: { readonly earliest?: number; readonly latest?: number; readonly now?: number }): Promise<void>;
  clear(): Promise<void>;
  query(sql: string): Promise<readonly Record<string, Json>[]>;
  run(sql: string): Promise<void>;
  close(): void;
}

export async function openEventTables(): Promise<EventTables> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run('set threads = 2');
  for (const kind of ['migrations', 'macros']) {
    const folder = new URL(`${kind}/`, SQL);
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort()) {
      await connection.run(readFileSync(new URL(file, folder), 'utf8'));
    }
  }
  let sequence = 0;
  const next = (): number => {
    sequence += 1;
    return sequence;
  };
  const tables: EventTables = {
    async addAuditEvents(lines, columns = []) {
      const rows = lines.map((line, index) => auditRow(line, columns[index] ?? {}, next()));
      await insert(connection, 'kube_audit', rows);
    },
    async addLogs(logs) {
      const rows = logs.map(({ raw, ...columns }) => ({
        ...metadata(columns, next()),
        _time: timestamp(columns.time ?? 0),
        _raw: typeof raw === 'string' ? raw : JSON.stringify(raw),
      }));
      await insert(connection, 'logs', rows);
    },
    async setLookup(table, columns, rows) {
      const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`);
      await connection.run(
        `create or replace table "${table}" ("_row" bigint, ${names.map((name) => `${name} varchar`).join(', ')})`,
      );
      for (const [index, row] of rows.entries()) {
        const cells = row.map((cell) => (cell === null ? 'null' : quoted(cell)));
        await connection.run(`insert into "${table}" values (${[index + 1, ...cells].join(', ')})`);
      }
    },
    async setPlaces(places) {
      const whens = Object.entries(places).map(([ip, place]) => `when ${quoted(ip)} then ${location(place)}`);
      const body = whens.length === 0 ? 'null' : `case ip ${whens.join(' ')} end`;
      await connection.run(
        `create or replace macro spl_iplocation(ip) as (${body})::struct("City" varchar, "Country" varchar, "Region" varchar, lat double, lon double)`,
      );
    },
    async setWindow(window) {
      for (const name of ['earliest', 'latest', 'now'] as const) {
        const value = window[name];
        await connection.run(
          value === undefined ? `reset variable ${name}` : `set variable ${name} = timestamp '${timestamp(value)}'`,
        );
      }
    },
    async clear() {
      await connection.run('delete from kube_audit; delete from logs');
    },
    async query(sql) {
      const reader = await connection.runAndReadAll(sql);
      const names = reader.columnNames();
      return reader.getRows().map((row) => {
        const values = row.map((value, index) => [names[index] ?? '', plain(value)] as const);
        return Object.fromEntries(values.filter(([, value]) => value !== null));
      });
    },
    async run(sql) {
      await connection.run(sql);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
  await tables.setPlaces({});
  return tables;
}

type Row = Readonly<Record<string, unknown>>;

function auditRow(line: string, columns: StoredColumns, sequence: number): Row {
  const event = JSON.parse(line) as Record<string, unknown>;
  const wrapped = columns.raw !== undefined;
  const hasObjects = 'requestObject' in event || 'responseObject' in event;
  return {
    ...metadata(columns, sequence),
    _time:
      columns.time === undefined
        ? (iso(event.stageTimestamp) ?? iso(event.requestReceivedTimestamp) ?? timestamp(0))
        : timestamp(columns.time),
    auditID: event.auditID,
    stage: event.stage,
    level: event.level,
    verb: event.verb,
    requestURI: event.requestURI,
    userAgent: event.userAgent,
    user: event.user,
    impersonatedUser: event.impersonatedUser,
    sourceIPs: event.sourceIPs,
    objectRef: event.objectRef,
    responseStatus: event.responseStatus,
    requestReceivedTimestamp: iso(event.requestReceivedTimestamp),
    stageTimestamp: iso(event.stageTimestamp),
    annotations: event.annotations,
    cloud: columns.cloud,
    has_objects: columns.event === null ? null : hasObjects,
    object_keys: columns.event !== null && hasObjects ? readObjectKeys(columns.event ?? line) : null,
    _raw: columns.raw ?? line,
    event: columns.event === undefined ? (wrapped ? line : null) : columns.event,
  };
}

function metadata(columns: Omit<StoredColumns, 'raw'>, sequence: number): Row {
  const { index, source, sourcetype, host, cluster, resource, attributes } = columns;
  return {
    _indextime: timestamp(1_700_000_000 + sequence),
    index,
    source,
    sourcetype,
    host,
    cluster,
    resource,
    attributes,
    identity: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
    commit_seq: sequence,
  };
}

async function insert(connection: DuckDBConnection, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const described = await connection.runAndReadAll(
    `select column_name, data_type from duckdb_columns() where table_name = '${table}'`,
  );
  const types = Object.fromEntries(described.getRows().map(([name, type]) => [String(name), String(type)]));
  // annotations: JSON objects become maps.
  const columns = Object.entries(types).map(
    ([name, type]) => `(from_json(line->'$."${name}"', '"${type.replaceAll('"', '\\"')}"')) as "${name}"`,
  );
  await connection.run(
    `insert into ${table} by name select ${columns.join(', ')} from (select unnest(from_json($1, '["JSON"]')) as line)`,
    [JSON.stringify(rows)],
  );
}

function timestamp(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().replace('T', ' ').replace('Z', '');
}

function iso(value: unknown): string | null {
  return typeof value === 'string' ? value.replace('T', ' ').replace('Z', '') : null;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function location(place: Place): string {
  const part = (value: string | number | null | undefined): string =>
    value === undefined || value === null ? 'null' : typeof value === 'number' ? String(value) : quoted(value);
  return `{'City': ${part(place.City)}, 'Country': ${part(place.Country)}, 'Region': ${part(place.Region)}, 'lat': ${part(place.lat)}, 'lon': ${part(place.lon)}}`;
}

function plain(value: DuckDBValue): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && 'items' in value) return value.items.map((item) => plain(item as DuckDBValue));
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, plain(entry)]));
  }
  return String(value);
}
