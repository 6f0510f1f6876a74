/** `pintail serve` as a process of its own, as its users run it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type Ended, type RunningProcess, startProcess } from './child-process.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const mainFile = join(repository, 'src/main.ts');

export interface PintailOptions {
  /** A folder of this test: configuration and data go below it. */
  readonly folder: string;
  /** Sections of the configuration; `api` is added to the endpoint that is chosen here. */
  readonly api?: object;
  readonly exporters?: object;
  readonly detections?: object;
  /** Added to the endpoints that are chosen here. */
  readonly otlp?: { readonly grpc?: object; readonly http?: object };
  /** Added to the data folder that is chosen here. */
  readonly storage?: object;
  /** Further receivers by their name in the configuration; each gets an endpoint of its own. */
  readonly receivers?: Readonly<Record<string, object>>;
  /** A command that runs the command behind it, as `env` does; it must keep its process id. */
  readonly within?: readonly string[];
}

export interface PintailService {
  readonly grpcEndpoint: string;
  readonly httpEndpoint: string;
  readonly apiUrl: string;
  /** `host:port` of the further receivers. */
  readonly receiverEndpoints: Readonly<Record<string, string>>;
  readonly dataFolder: string;
  readonly configFile: string;
  /** Starts the process; resolves when /readyz answers 200. Rejects with its output where it ends instead. */
  start(): Promise<void>;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when the process is gone. */
  stop(): Promise<Ended>;
  /** Resolves when the process that was started last is gone, by itself or not. */
  ended(): Promise<Ended>;
  readonly isAlive: () => boolean;
  /** Of the process that was started last. */
  readonly pid: () => number;
  /** Rows of a SQL query through the API. */
  sql(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** POSTs to /api/v1/query as it is. */
  query(body: unknown): Promise<Response>;
  /** Samples of /metrics by `name{labels}`. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Everything the processes of this service have printed, for errors. */
  readonly output: () => string;
}

/** Chooses ports and writes the configuration; the ports stay the same over restarts. */
export async function preparePintail(options: PintailOptions): Promise<PintailService> {
  const further = Object.entries(options.receivers ?? {});
  const [grpcPort, httpPort, apiPort, ...furtherPorts] = await freePorts(3 + further.length);
  const receiverEndpoints = Object.fromEntries(
    further.map(([name], index) => [name, `127.0.0.1:${furtherPorts[index]}`]),
  );
  const dataFolder = join(options.folder, 'data');
  const configFile = join(options.folder, 'pintail.yaml');
  await mkdir(options.folder, { recursive: true });
  const config = {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `127.0.0.1:${grpcPort}`, ...options.otlp?.grpc },
          http: { endpoint: `127.0.0.1:${httpPort}`, ...options.otlp?.http },
        },
      },
      ...Object.fromEntries(
        further.map(([name, settings]) => [name, { endpoint: receiverEndpoints[name], ...settings }]),
      ),
    },
    storage: { directory: dataFolder, ...options.storage },
    api: { endpoint: `127.0.0.1:${apiPort}`, ...options.api },
    ...(options.exporters === undefined ? {} : { exporters: options.exporters }),
    ...(options.detections === undefined ? {} : { detections: options.detections }),
  };
  await writeFile(configFile, stringify(config));

  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const past: string[] = [];
  const serve = [process.execPath, mainFile, 'serve', '--config', configFile];
  const [command = '', ...args] = [...(options.within ?? []), ...serve];
  let running: RunningProcess | undefined;

  const service: PintailService = {
    grpcEndpoint: `127.0.0.1:${grpcPort}`,
    httpEndpoint: `http://127.0.0.1:${httpPort}`,
    apiUrl,
    receiverEndpoints,
    dataFolder,
    configFile,
    isAlive: () => running?.isAlive() ?? false,
    pid: () => running?.pid ?? -1,
    output: () => [...past, running?.output() ?? ''].join('\n'),

    async start() {
      if (running !== undefined) past.push(running.output());
      const started = await startProcess({
        name: 'pintail serve',
        command,
        args,
        cwd: repository,
      });
      running = started;
      const state = await eventually(
        { what: `${apiUrl}/readyz answers 200`, withinMs: 60_000, everyMs: 25 },
        async () => {
          if (!started.isAlive()) return 'ended';
          const answer = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(5000) });
          await answer.arrayBuffer();
          return answer.status === 200 ? 'ready' : undefined;
        },
      );
      if (state === 'ended') throw new Error(`pintail serve: expected it to run, it ended.\n${started.output()}`);
    },

    async kill() {
      await running?.kill('SIGKILL');
    },

    async stop() {
      if (running === undefined) throw new Error('pintail serve: expected it to have been started.');
      return running.kill('SIGTERM');
    },

    async ended() {
      if (running === undefined) throw new Error('pintail serve: expected it to have been started.');
      return running.ended;
    },

    query: (body) =>
      fetch(`${apiUrl}/api/v1/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(60_000),
      }),

    async sql(query) {
      const answer = await service.query({ language: 'sql', query, limit: 1_000_000 });
      const text = await answer.text();
      if (answer.status !== 200)
        throw new Error(`sql "${query}": expected status 200, found ${answer.status}: ${text}`);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },

    async metrics() {
      const answer = await fetch(`${apiUrl}/metrics`, { signal: AbortSignal.timeout(10_000) });
      const samples = new Map<string, number>();
      for (const line of (await answer.text()).split('\n')) {
        const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) ([^ ]+)$/.exec(line);
        if (match !== null) samples.set(match[1]!, Number(match[2]));
      }
      return samples;
    },
  };
  return service;
}

/** `preparePintail`, started. */
export async function startPintail(options: PintailOptions): Promise<PintailService> {
  const service = await preparePintail(options);
  await service.start();
  return service;
}

/** Sum of all samples of one metric, over its labels that contain every one of `labelParts`. */
export function sumOfMetric(
  samples: ReadonlyMap<string, number>,
  name: string,
  ...labelParts: readonly string[]
): number {
  let sum = 0;
  for (const [sample, value] of samples) {
    const [sampleName = ''] = sample.split('{', 1);
    if (sampleName === name && labelParts.every((part) => sample.includes(part))) sum += value;
  }
  return sum;
}
