/**
 * A real OpenTelemetry Collector, built by `test/e2e/collector/build.sh`.
 *
 * Where Go is missing the suites are skipped, visibly; where Go is there and the build fails, they fail.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type RunningProcess, runToEnd, startProcess } from './child-process.ts';
import { eventually } from './eventually.ts';

export type CollectorBuild =
  | { readonly binary: string }
  /** Why there is none on this machine. */
  | { readonly missing: string };

/** Builds the Collector, or finds the one built before. Throws where Go is there and the build fails. */
export function buildCollector(): CollectorBuild {
  const script = fileURLToPath(new URL('../collector/build.sh', import.meta.url));
  const built = spawnSync('bash', [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (built.status === 0) return { binary: built.stdout.trim() };
  if (built.status === 3) return { missing: built.stderr.trim() };
  throw new Error(`${script}: expected exit status 0 or 3, found ${built.status}.\n${built.stderr}`);
}

/** The title of a suite that needs the Collector: says so where it is skipped. */
export function suiteTitle(title: string, build: CollectorBuild): string {
  return 'missing' in build ? `${title} (skipped: ${build.missing})` : title;
}

export interface CollectorFileOptions {
  readonly binary: string;
  readonly name: string;
  readonly file: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a Collector on a configuration file; resolves when its pipelines run. Rejects with its output where it ends instead. */
export async function startCollectorOnFile(options: CollectorFileOptions): Promise<RunningProcess> {
  const running = await startProcess({
    name: `collector ${options.name}`,
    command: options.binary,
    // Its own metrics would listen on a fixed port.
    args: ['--config', options.file, '--config', 'yaml:service::telemetry::metrics::level: none'],
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  });
  const state = await eventually({ what: `collector ${options.name} is ready`, withinMs: 30_000 }, () => {
    if (!running.isAlive()) return 'ended';
    return running.output().includes('Everything is ready') ? 'ready' : undefined;
  });
  if (state === 'ended')
    throw new Error(`collector ${options.name}: expected it to run, it ended.\n${running.output()}`);
  return running;
}

export interface CollectorOptions {
  readonly binary: string;
  /** A folder of this test: the configuration goes there. */
  readonly folder: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** `startCollectorOnFile` with a configuration that is written first. */
export async function startCollector(options: CollectorOptions): Promise<RunningProcess> {
  const file = join(options.folder, `${options.name}.yaml`);
  await writeFile(file, stringify(options.config));
  return startCollectorOnFile({ binary: options.binary, name: options.name, file });
}

/** Runs the Collector's own check of a configuration; resolves to what it complains of, '' where it is content. */
export async function validateCollectorConfig(
  binary: string,
  file: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const ended = await runToEnd({
    name: 'collector validate',
    command: binary,
    args: ['validate', '--config', file],
    environment,
    withinMs: 30_000,
  });
  return ended.status === 0 ? '' : ended.stderr || `exit status ${ended.status}`;
}

export interface TailOptions {
  readonly auditLog: string;
  /** Holds the file positions and the sending queue. */
  readonly storageFolder: string;
  readonly protocol: 'otlp' | 'otlphttp' | 'splunk_hec';
  /** `host:port` for otlp, else a URL. */
  readonly endpoint: string;
  /** Of splunk_hec. */
  readonly token?: string;
  /** Default `e2e-cluster`. */
  readonly cluster?: string;
  /** The longest wait between two attempts; default 500ms. */
  readonly maxRetryInterval?: string;
  /** Log records per request; small requests make a kill fall between two of them. */
  readonly maxRequestRecords: number;
}

/**
 * What the Splunk Collector chart makes of `extraFileLogs`, `otlpIngest`, `noDropLogsPipeline` and
 * `persistentQueue`, with shorter waits: a retry after a restart should not cost a test 30 s.
 */
export function tailingConfig(options: TailOptions): CollectorOptions['config'] {
  const exporter = {
    endpoint: options.endpoint,
    ...(options.protocol === 'otlp' ? { tls: { insecure: true } } : {}),
    ...(options.token === undefined ? {} : { token: options.token }),
    retry_on_failure: {
      enabled: true,
      initial_interval: '100ms',
      max_interval: options.maxRetryInterval ?? '500ms',
      max_elapsed_time: 0,
    },
    sending_queue: {
      enabled: true,
      storage: 'file_storage/persistent_queue',
      sizer: 'items',
      queue_size: 100_000,
      num_consumers: 10,
      block_on_overflow: true,
      batch: { flush_timeout: '50ms', min_size: 1, max_size: options.maxRequestRecords },
    },
  };
  return {
    extensions: {
      'file_storage/checkpoints': { directory: join(options.storageFolder, 'checkpoints'), create_directory: true },
      'file_storage/persistent_queue': { directory: join(options.storageFolder, 'queue'), create_directory: true },
    },
    receivers: {
      'filelog/audit-log': {
        include: [options.auditLog],
        include_file_path: true,
        start_at: 'beginning',
        poll_interval: '50ms',
        storage: 'file_storage/checkpoints',
        retry_on_failure: { enabled: true },
        resource: {
          'com.splunk.source': options.auditLog,
          'com.splunk.sourcetype': 'kube:apiserver-audit',
          'host.name': 'node-a',
        },
      },
    },
    processors: {
      resource: {
        attributes: [
          { action: 'insert', key: 'k8s.node.name', value: 'node-a' },
          { action: 'upsert', key: 'k8s.cluster.name', value: options.cluster ?? 'e2e-cluster' },
        ],
      },
    },
    exporters: { [options.protocol]: exporter },
    service: {
      extensions: ['file_storage/checkpoints', 'file_storage/persistent_queue'],
      pipelines: {
        'logs/host': {
          receivers: ['filelog/audit-log'],
          processors: ['resource'],
          exporters: [options.protocol],
        },
      },
    },
  };
}

export interface ReceiveOptions {
  readonly grpcEndpoint: string;
  readonly httpEndpoint: string;
  /** Gets one OTLP/JSON request per line. */
  readonly file: string;
}

/** A Collector behind Pintail: OTLP in, a file out. */
export function receivingConfig(options: ReceiveOptions): CollectorOptions['config'] {
  return {
    receivers: {
      otlp: { protocols: { grpc: { endpoint: options.grpcEndpoint }, http: { endpoint: options.httpEndpoint } } },
    },
    exporters: { file: { path: options.file, format: 'json', flush_interval: '100ms' } },
    service: { pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } } },
  };
}
