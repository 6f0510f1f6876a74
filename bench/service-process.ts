/** `pintail serve` as a child process on free ports, and what can be measured about it from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface ServicePorts {
  readonly grpc: number;
  readonly http: number;
  readonly hec: number;
  readonly webhook: number;
  readonly api: number;
}

export class ServiceProcess {
  readonly ports: ServicePorts;
  readonly storageDirectory: string;
  readonly #configFile: string;
  #child: ChildProcess | undefined;

  private constructor(directory: string, ports: ServicePorts, settings: object) {
    this.ports = ports;
    this.storageDirectory = join(directory, 'data');
    this.#configFile = join(directory, 'pintail.yaml');
    const config = {
      receivers: {
        otlp: {
          protocols: {
            grpc: { endpoint: `127.0.0.1:${ports.grpc}` },
            http: { endpoint: `127.0.0.1:${ports.http}` },
          },
        },
        splunk_hec: { endpoint: `127.0.0.1:${ports.hec}` },
        k8s_audit_webhook: { endpoint: `127.0.0.1:${ports.webhook}`, cluster: 'bench' },
      },
      storage: { directory: this.storageDirectory },
      api: { endpoint: `127.0.0.1:${ports.api}` },
      telemetry: { logs: { level: 'warn' } },
      ...settings,
    };
    writeFileSync(this.#configFile, JSON.stringify(config)); // JSON is YAML.
  }

  /** `settings`: sections of the configuration besides addresses and storage. */
  static async create(directory: string, settings: object = {}): Promise<ServiceProcess> {
    const [grpc = 0, http = 0, hec = 0, webhook = 0, api = 0] = await freePorts(5);
    return new ServiceProcess(directory, { grpc, http, hec, webhook, api }, settings);
  }

  /** Starts the service; resolves to the milliseconds until `/readyz` answered 200. */
  async start(): Promise<number> {
    const startedMs = performance.now();
    const child = spawn(process.execPath, [MAIN, 'serve', '--config', this.#configFile], {
      stdio: ['ignore', 2, 2],
    });
    this.#child = child;
    while (performance.now() - startedMs < START_TIMEOUT_MS) {
      if (child.exitCode !== null) throw new Error(`serve: expected it to run, found exit status ${child.exitCode}.`);
      const isReady = await fetch(`http://127.0.0.1:${this.ports.api}/readyz`).then(
        (response) => response.status === 200,
        () => false,
      );
      if (isReady) return performance.now() - startedMs;
      await sleep(10);
    }
    throw new Error(`serve: expected it to be ready within ${START_TIMEOUT_MS} ms, found it was not.`);
  }

  /** Ends the service and waits until it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  /** Rows that a query sees now. */
  async countEvents(): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.ports.api}/api/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify({ language: 'sql', query: 'select count(*) as events from kube_audit' }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`query: expected status 200, found ${response.status}: ${text}`);
    return Number((JSON.parse(text.split('\n', 1)[0] ?? '') as { readonly events: unknown }).events);
  }

  /** Largest resident size so far, bytes; null where the system does not tell. */
  maxResidentBytes(): number | null {
    return this.#readStatus(/^VmHWM:\s+(\d+) kB$/m);
  }

  /** Resident size now, bytes; null where the system does not tell. */
  residentBytes(): number | null {
    return this.#readStatus(/^VmRSS:\s+(\d+) kB$/m);
  }

  #readStatus(line: RegExp): number | null {
    try {
      const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
      return Number(line.exec(status)?.[1]) * 1024;
    } catch {
      return null;
    }
  }

  /** Processor seconds used so far; null where the system does not tell. */
  processorSeconds(): number | null {
    try {
      const fields = readFileSync(`/proc/${this.#child?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return null;
    }
  }

  async bytesOnDisk(): Promise<number> {
    const entries = await readdir(this.storageDirectory, { recursive: true, withFileTypes: true });
    const sizes = entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
