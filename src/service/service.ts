/**
 * The running service: builds every component from the configuration, wires them, starts them in the order of the
 * data's way back (who is delivered to comes first) and stops them the other way round.
 */
import { hostname } from 'node:os';
import { type Component, type Database, failureOf, type Logger, type Metrics, PermanentError } from '../component.ts';
import {
  type Config,
  createAuthorize,
  createFindToken,
  type Endpoint,
  type ReceiverListenerConfig,
} from '../config/index.ts';
import {
  type CompiledDetection,
  DetectionScheduler,
  type RunOutcome,
  resolveTime,
  type ScheduledWindow,
  systemClock as scheduleClock,
} from '../detect/index.ts';
import { systemClock as exportClock } from '../export/clock.ts';
import { DurableOutbox } from '../export/durable-outbox.ts';
import type { DeadLetterRow } from '../export/outbox-table.ts';
import { DEFAULT_OUTBOX_SETTINGS } from '../export/settings.ts';
import { type DeadLetter, HuntApi, type Listing, type StuckQuery, tableListing } from '../hunt/index.ts';
import { AuditWebhookReceiver } from '../receive/audit-webhook/audit-webhook-receiver.ts';
import { HecReceiver } from '../receive/hec/hec-receiver.ts';
import { OtlpGrpcReceiver } from '../receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../receive/otlp/otlp-http-receiver.ts';
import { createEventStore, type DuckdbEventStore } from '../store/event-store.ts';
import { createLogger, PrometheusMetrics } from '../telemetry/index.ts';
import { toColdSettings } from './cold-settings.ts';
import { compileSearch } from './compile-search.ts';
import { type CompiledContent, compileContent, printProblem } from './content.ts';
import { createDestinations } from './destinations.ts';
import { examine } from './doctor/doctor.ts';
import type { DoctorReport } from './doctor/report.ts';
import { Intake } from './intake.ts';
import { LookupTables } from './lookup-tables.ts';
import { risingMicros } from './rising-micros.ts';
import { findShortRetention } from './short-retention.ts';
import { SEARCH_TIME_ZONE } from './time-window.ts';
import { compileVolumeRules, VolumeControl, type VolumeRule } from './volume-rules.ts';

export interface ServiceOptions {
  /** A query outlived its interrupt: the process must end; a fresh start loses nothing. */
  readonly onStuckQuery: () => void;
  /** Default: JSON lines on standard error at the configured level. */
  readonly logger?: Logger;
}

/** Where the service listens, once it is started; undefined where that listener is not configured. */
export interface ServiceAddresses {
  readonly otlpGrpc: string | undefined;
  readonly otlpHttp: string | undefined;
  readonly splunkHec: string | undefined;
  readonly auditWebhook: string | undefined;
  readonly api: string;
}

/** DuckDB's part of `storage.memory_limit`; the rest is for requests in hand, the spool and Node itself. */
const ENGINE_SHARE = 0.5;

/** Reads the detections and builds everything; nothing listens or opens a file of the store before `start`. */
export async function createService(config: Config, options: ServiceOptions): Promise<Service> {
  const logger = options.logger ?? createLogger(config.telemetry.logs);
  const content = await compileContent(
    {
      paths: config.detections.paths,
      macros: config.detections.macros,
      lookups: config.detections.lookups,
      maxFileBytes: config.detections.maxFileBytes,
      maxConfBytes: config.detections.maxConfBytes,
      maxFiles: config.detections.maxFiles,
      maxLookupBytes: config.detections.maxLookupBytes,
      strictSplunk: config.spl.strict,
      limits: config.spl.limits,
      onShipped: (note) => logger.info({ note }, 'about the detections'),
    },
    'detection',
  );
  const metrics = new PrometheusMetrics({ ...config.telemetry.metrics, logger, processMetrics: true });
  const volumeRules = compileVolumeRules(config.volume.rules, {
    macros: content.content.macros,
    fieldRules: content.content.fieldRules,
    limits: config.spl.limits,
  });
  return new Service(config, content, volumeRules, logger, metrics, options.onStuckQuery);
}

export class Service implements Component {
  readonly name = 'pintail';
  readonly #logger: Logger;
  readonly #content: CompiledContent;
  readonly #config: Config;
  readonly #metrics: PrometheusMetrics;
  readonly #volumeRules: readonly VolumeRule[];
  readonly #volume: VolumeControl;
  readonly #outbox: DurableOutbox;
  /** Names of the destinations. */
  readonly #exporters: readonly string[];
  /** Epoch seconds. */
  #startedAt = 0;
  readonly #store: DuckdbEventStore;
  readonly #scheduler: DetectionScheduler;
  readonly #api: HuntApi;
  readonly #receivers: Receivers;
  /** In the order of starting. */
  readonly #components: readonly Component[];
  readonly #started: Component[] = [];

  constructor(
    config: Config,
    content: CompiledContent,
    volumeRules: readonly VolumeRule[],
    logger: Logger,
    metrics: PrometheusMetrics,
    onStuckQuery: () => void,
  ) {
    this.#logger = logger;
    this.#content = content;
    this.#config = config;
    this.#metrics = metrics;
    this.#volumeRules = volumeRules;
    this.#store = createEventStore(
      {
        directory: config.storage.directory,
        memoryLimitBytes: Math.floor(config.storage.memoryLimitBytes * ENGINE_SHARE),
        geoDatabase: config.storage.geoDatabase,
        ...config.storage.bounds,
        ...config.storage.retention,
        cold: toColdSettings(config.storage.retention.cold),
      },
      { logger, metrics, clock: Date.now },
    );
    const { database } = this.#store;
    const destinations = createDestinations(config.exporters, hostname(), process.stdout);
    this.#exporters = destinations.map(({ name }) => name);
    this.#outbox = new DurableOutbox({
      database,
      destinations,
      clock: exportClock,
      random: Math.random,
      logger,
      metrics,
      settings: { ...DEFAULT_OUTBOX_SETTINGS, ...config.exporters.outbox },
    });
    this.#scheduler = new DetectionScheduler({
      detections: content.detections,
      store: this.#store,
      outbox: this.#outbox,
      clock: scheduleClock,
      logger,
      metrics,
      settings: {
        ...config.detections.scheduling,
        incidents: config.risk.incidents,
        catchUpSeconds: config.detections.catchUpMs / 1000,
        timeZone: SEARCH_TIME_ZONE,
      },
    });
    this.#volume = new VolumeControl(volumeRules, { metrics, logger, now: Date.now });
    const intake = new Intake(this.#store, this.#volume, metrics, {
      nowMicros: risingMicros(Date.now),
      ...config.normalize,
    });
    this.#receivers = createReceivers(config, intake, logger, metrics);
    this.#api = this.#createApi(config, database, metrics, onStuckQuery);
    const receivers = Object.values(this.#receivers).filter((receiver) => receiver !== undefined);
    const lookups = new LookupTables(database, content.content.lookups);
    this.#components = [this.#store, lookups, this.#outbox, this.#scheduler, this.#api, ...receivers];
  }

  get database(): Database {
    return this.#store.database;
  }

  /** Detections that compiled. */
  get detections(): readonly CompiledDetection[] {
    return this.#content.detections.filter((compiled) => compiled.ok);
  }

  get addresses(): ServiceAddresses {
    const api = this.#api.address;
    if (api === undefined) throw new Error('service: expected to be started before its addresses are asked for.');
    const print = (receiver: Receivers[keyof Receivers]) => {
      const address = receiver?.address();
      return address && printAddress(address.address, address.port);
    };
    const { otlpGrpc, otlpHttp, splunkHec, auditWebhook } = this.#receivers;
    return {
      otlpGrpc: print(otlpGrpc),
      otlpHttp: print(otlpHttp),
      splunkHec: print(splunkHec),
      auditWebhook: print(auditWebhook),
      api: printAddress(api.host, api.port),
    };
  }

  /** Starts everything; where one part cannot, stops what was started and rejects with its error before all others. */
  async start(): Promise<void> {
    this.#startedAt = Date.now() / 1000;
    for (const problem of this.#content.content.problems) {
      this.#logger.error({ problem: printProblem(problem) }, 'a file of the detections was left out');
    }
    for (const note of this.#content.content.notes) {
      this.#logger.info({ note: printProblem(note) }, 'about the detections');
    }
    const { retentionMs } = this.#config.storage.retention;
    const scheduled = this.detections.map(({ detection }) => detection);
    for (const problem of findShortRetention(scheduled, retentionMs, Date.now() / 1000)) {
      this.#logger.warn({ problem }, 'a detection looks further back than events are kept');
    }
    try {
      for (const component of this.#components) {
        await component.start();
        this.#started.push(component);
      }
    } catch (error: unknown) {
      throw await failureOf([() => this.shutdown()], error);
    }
    for (const { name, keptShare } of this.#volumeRules) {
      this.#logger.info({ rule: name, keptShare }, 'a volume rule leaves events out; detections do not see them');
    }
    const { addresses } = this;
    this.#logger.info({ ...addresses, detections: this.detections.length }, 'ready');
  }

  /** Stops receiving first and closes the store last, each whatever became of the others; then rejects with what failed. */
  async shutdown(): Promise<void> {
    const stops = this.#started
      .splice(0)
      .reverse()
      .map((component) => () => this.#stop(component));
    const failure = await failureOf(stops);
    if (failure !== undefined) throw failure;
  }

  async #stop(component: Component): Promise<void> {
    try {
      await component.shutdown();
    } catch (error: unknown) {
      this.#logger.error({ error, component: component.name }, 'a part of the service failed to shut down');
      throw error;
    }
  }

  /** Resolves once everything that was acknowledged can be queried. */
  async loaded(): Promise<void> {
    await this.#store.loaded();
  }

  /** Runs a detection now over a window; see `DetectionScheduler.runOnce`. */
  async runOnce(slug: string, window: ScheduledWindow): Promise<RunOutcome> {
    return this.#scheduler.runOnce(slug, window);
  }

  #createApi(config: Config, database: Database, metrics: PrometheusMetrics, onStuckQuery: () => void): HuntApi {
    const { tokens, ...settings } = config.api;
    const { content } = this.#content;
    return new HuntApi(settings, {
      database,
      compileSearch: (spl, tokens) =>
        compileSearch(spl, {
          tokens,
          macros: content.macros,
          lookups: content.lookups,
          fieldRules: content.fieldRules,
          readOnly: true,
          strictSplunk: config.spl.strict,
          limits: config.spl.limits,
        }),
      resolveTime: resolveNamedTime,
      now: () => Date.now() / 1000,
      waitingFor: () => this.#components.filter((part) => !this.#started.includes(part)).map(({ name }) => name),
      renderMetrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
      listings: {
        detections: this.#listDetections,
        runs: tableListing(database, 'runs'),
        findings: tableListing(database, 'findings'),
        'risk-events': tableListing(database, 'risk-events'),
      },
      memory: { limitBytes: config.storage.memoryLimitBytes, read: () => process.memoryUsage.rss() },
      examine: this.#examine,
      deadLetters: {
        list: async (exporter, limit) => (await this.#outbox.deadLetters(exporter, limit)).map(toDeadLetter),
        retry: (exporter) => this.#outbox.retryDeadLetters(exporter),
      },
      authorize: createAuthorize(tokens, ['hunt', 'admin']),
      onStuckQuery: (stuck: StuckQuery) => {
        this.#logger.error({ ...stuck }, 'a query did not stop when it was interrupted; the service ends');
        onStuckQuery();
      },
      logger: this.#logger,
      metrics,
    });
  }

  readonly #examine = (signal: AbortSignal): Promise<DoctorReport> =>
    examine({
      database: this.#store.database,
      content: this.#content,
      limits: this.#config.detections.scheduling,
      running: {
        now: Date.now() / 1000,
        exporters: this.#exporters,
        readings: {
          read: (metric) => this.#metrics.read(metric),
          volume: this.#volume.counts,
          startedAt: this.#startedAt,
          storage: {
            directory: this.#config.storage.directory,
            memoryLimitBytes: this.#config.storage.memoryLimitBytes,
            ...this.#config.storage.bounds,
          },
        },
      },
      signal,
    });

  readonly #listDetections: Listing = async ({ limit }) =>
    this.#content.detections.slice(0, limit).map((compiled) => {
      const { name, slug, id, version, type, status, description, schedule, file } = compiled.detection;
      const outcome = compiled.ok ? { compiles: true, sql: compiled.sql } : { compiles: false, error: compiled.error };
      return { name, view: `detection.${slug}`, id, version, type, status, description, schedule, file, ...outcome };
    });
}

/** Undefined where it is not configured. */
interface Receivers {
  readonly otlpGrpc: OtlpGrpcReceiver | undefined;
  readonly otlpHttp: OtlpHttpReceiver | undefined;
  readonly splunkHec: HecReceiver | undefined;
  readonly auditWebhook: AuditWebhookReceiver | undefined;
}

function createReceivers(config: Config, intake: Intake, logger: Logger, metrics: Metrics): Receivers {
  const { otlp, splunkHec, k8sAuditWebhook } = config.receivers;
  const { grpc, http } = otlp ?? {};
  const findToken = createFindToken(config.api.tokens, ['ingest']);
  const authorize = findToken && ((header: string | undefined) => findToken(header, 'ingest'));
  const settings = <Bounds extends object>(listener: ReceiverListenerConfig & { readonly bounds: Bounds }) => ({
    endpoint: printAddress(listener.endpoint.host, listener.endpoint.port),
    maxRequestBytes: listener.maxRequestBytes,
    maxConcurrentRequests: listener.maxConcurrentRequests,
    ...listener.bounds,
    tls: listener.tls,
    cluster: listener.cluster,
    metadata: listener.metadata,
    authorize,
  });
  const telemetry = { logger, metrics };
  return {
    otlpGrpc: grpc && new OtlpGrpcReceiver({ ...settings(grpc), ...grpc.keepalive }, intake, telemetry),
    otlpHttp: http && new OtlpHttpReceiver(settings(http), intake, telemetry),
    splunkHec: splunkHec && new HecReceiver({ ...settings(splunkHec), tokens: splunkHec.tokens }, intake, telemetry),
    auditWebhook:
      k8sAuditWebhook &&
      new AuditWebhookReceiver(
        {
          ...settings(k8sAuditWebhook),
          path: k8sAuditWebhook.path,
          tokens: k8sAuditWebhook.tokens,
        },
        intake,
        telemetry,
      ),
  };
}

function toDeadLetter({ destination, eventId, payload, attempts, reason, enqueuedMs }: DeadLetterRow): DeadLetter {
  const enqueuedAt = new Date(enqueuedMs).toISOString();
  return { exporter: destination, eventId, enqueuedAt, attempts, reason, event: JSON.parse(payload) as object };
}

function resolveNamedTime(time: string, nowSeconds: number): number {
  try {
    return resolveTime(time, nowSeconds, SEARCH_TIME_ZONE);
  } catch (error: unknown) {
    throw new PermanentError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function printAddress(host: Endpoint['host'], port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
