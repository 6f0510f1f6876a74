/**
 * What the scheduler and its runs stand on, for tests: a real in-memory DuckDB with all migrations, event rows put in
 * by hand, an outbox that keeps what it is given.
 */
import { DuckDBInstance } from '@duckdb/node-api';
import type {
  Connection,
  EventStore,
  LoadCommit,
  Logger,
  Metrics,
  OutboundEvent,
  Outbox,
  SqlRow,
  SqlValue,
} from '../../src/component.ts';
import type { Detection } from '../../src/detect/detection.ts';
import type { CompiledDetection } from '../../src/detect/run/compile-detection.ts';
import { DetectionScheduler, type DetectionSchedulerOptions } from '../../src/detect/schedule/detection-scheduler.ts';
import { DuckdbDatabase } from '../../src/store/duckdb-database.ts';
import { readSqlFiles } from '../../src/store/sql-files.ts';

export interface TestEvent {
  readonly time: string;
  readonly user: string;
  readonly verb?: string;
}

export class DetectionBench implements Outbox, AsyncDisposable {
  readonly database: DuckdbDatabase;
  /** Of committed transactions, in the order in which they were taken; an id that is there already is left as it is. */
  readonly sent: OutboundEvent[] = [];
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  readonly counted = new Map<string, number>();
  wakes = 0;
  /** Makes the next `enqueue` calls fail. */
  outboxError: Error | null = null;
  /** Called while a run waits for `loaded`. */
  beforeLoaded: ((signal: AbortSignal | undefined) => Promise<void>) | null = null;
  readonly #instance: DuckDBInstance;
  /** Events of transactions that are not committed yet. */
  readonly #taken = new WeakMap<Connection, OutboundEvent[]>();
  readonly #gauges = new Map<string, () => number>();
  readonly #listeners = new Set<(commit: LoadCommit) => void>();
  #commitSeq = 0;
  #rows = 0;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
    this.database = new DuckdbDatabase({ service: 2, detection: 2, hunt: 1 });
    this.database.attach(instance);
    const write = this.database.write.bind(this.database);
    this.database.write = async <T>(work: (connection: Connection) => Promise<T>) => {
      const taken: OutboundEvent[] = [];
      const result = await write((connection) => {
        this.#taken.set(connection, taken);
        return work(connection);
      });
      const known = new Set(this.sent.map((event) => event.eventId));
      this.sent.push(...taken.filter((event) => !known.has(event.eventId)));
      return result;
    };
  }

  static async open(): Promise<DetectionBench> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const { text } of (await readSqlFiles()).migrations) await connection.run(text);
    connection.disconnectSync();
    return new DetectionBench(instance);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.detach();
    this.#instance.closeSync();
  }

  /** One load commit; `announce: false` is a commit that no listener was there for. */
  async load(events: readonly TestEvent[], announce = true): Promise<number> {
    const seq = this.#commitSeq + 1;
    await this.database.write(async (connection) => {
      for (const { time, user, verb = 'get' } of events) {
        this.#rows++;
        await connection.run(
          `insert into kube_audit (_time, _indextime, verb, "user", _raw, identity, commit_seq)
           values (cast($1 as timestamp), cast($1 as timestamp), $2, {username: $3, uid: null, groups: null}, '{}',
             cast($4 as uuid), cast($5 as bigint))`,
          [time, verb, user, `00000000-0000-0000-0000-${String(this.#rows).padStart(12, '0')}`, seq],
        );
      }
      await connection.run(
        `insert into load_commit by name select cast($1 as bigint) as commit_seq, now()::timestamp as loaded_at,
          0 as last_segment, $2::bigint as audit_rows, 0 as log_rows, 0 as duplicate_rows, []::bigint[] as minutes`,
        [seq, events.length],
      );
    });
    this.#commitSeq = seq;
    const minutes = [...new Set(events.map(({ time }) => Math.floor(Date.parse(time) / 60_000)))].sort((a, b) => a - b);
    if (announce) for (const listener of this.#listeners) listener({ commitSeq: seq, minutes });
    return seq;
  }

  /** A scheduler over this, not started. */
  scheduler({
    detections = [testCompiled()],
    clock,
    settings = {},
  }: Partial<DetectionSchedulerOptions> & Pick<DetectionSchedulerOptions, 'clock'>): DetectionScheduler {
    const { store, logger, metrics } = this;
    return new DetectionScheduler({ detections, store, outbox: this, clock, logger, metrics, settings });
  }

  get store(): Pick<EventStore, 'database' | 'loaded' | 'onLoad'> {
    return {
      database: this.database,
      loaded: async (signal) => {
        await this.beforeLoaded?.(signal);
        return this.#commitSeq;
      },
      onLoad: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  async enqueue(connection: Connection, events: readonly OutboundEvent[]): Promise<void> {
    if (this.outboxError !== null) throw this.outboxError;
    this.#taken.get(connection)?.push(...events);
  }

  wake(): void {
    this.wakes++;
  }

  readonly logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => this.logged.push({ level: 'warn', fields, message }),
    error: (fields, message) => this.logged.push({ level: 'error', fields, message }),
  };

  readonly metrics: Metrics = {
    add: (name, value, labels = {}) => {
      const key = [name, ...Object.values(labels)].join(' ');
      this.counted.set(key, (this.counted.get(key) ?? 0) + value);
    },
    observe: () => undefined,
    gauge: (name, read) => {
      this.#gauges.set(name, read);
    },
  };

  gauge(name: string): number | undefined {
    return this.#gauges.get(name)?.();
  }

  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.database.read({ share: 'hunt' }, (connection) => connection.query(sql, parameters));
  }

  /** The ledger as lines: `11:00 done r0 1 row(s)`, the window's end first. */
  async ledger(detection = 'deletions'): Promise<readonly string[]> {
    const rows = await this.query(
      `select strftime(scheduled_at, '%d %H:%M') || ' ' || strftime(window_earliest, '%H:%M') || '-'
         || strftime(window_latest, '%H:%M') || ' ' || status || ' r' || revision
         || case when "rows" is null then '' else ' rows=' || "rows" end as line
       from detection_run where detection = $1 order by scheduled_at, revision`,
      [detection],
    );
    return rows.map((row) => String(row.line));
  }
}

/** A detection of its own making: one row per user who deleted something, by its view's own window. */
export function testDetection(overrides: Partial<Detection> = {}): Detection {
  return {
    file: 'deletions.yml',
    name: 'Deletions',
    slug: 'deletions',
    id: '00000000-0000-4000-8000-000000000001',
    version: '1',
    type: 'TTP',
    searchName: null,
    analyticStories: [],
    mitreAttackIds: ['T1485'],
    securityDomain: 'threat',
    annotations: {},
    status: null,
    date: null,
    description: '',
    search: '',
    searchOrigin: { line: 1, column: 1, indent: 0 },
    schedule: { cron: '0 * * * *', earliest: '-70m@m', latest: '-10m@m' },
    riskRule: {
      message: '$user$ deleted $count$',
      riskObjects: [{ field: 'user', type: 'user', score: 40 }],
      threatObjects: [],
    },
    emission: { risk: true, finding: true },
    strictSplunk: null,
    tests: [],
    doubtfulKeys: [],
    ...overrides,
  };
}

/** As the compiler would hand it over; `sql` may use `$window` for the bounds on `_time`. */
export function testCompiled(overrides: Partial<Detection> = {}, sql = deletionsSql): CompiledDetection {
  const detection = testDetection(overrides);
  const bound = (name: string) =>
    `coalesce(getvariable('${name}'), (select ${name} from detection_window where detection = '${detection.slug}'))`;
  return {
    ok: true,
    detection,
    sql: sql.replaceAll('$window', `_time >= ${bound('earliest')} and _time < ${bound('latest')}`),
    contentHash: `hash of ${sql}`,
    fields: [],
    spread: null,
    keyFields: ['user'],
    datasets: ['kube_audit'],
    ownBounds: [],
    lookupTables: [],
    writes: null,
    usesIpLocation: false,
    warnings: [],
  };
}

const deletionsSql = `select "user".username as user, count(*) as count from kube_audit
  where verb = 'delete' and $window group by all order by all`;
