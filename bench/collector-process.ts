/** A plain Collector beside the service: OTLP in, a file out, nothing durable about its acknowledgement. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 30_000;

export class CollectorProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves once it answers on `ports`. `binary` has the otlp receiver and the file exporter. */
  static async start(
    binary: string,
    directory: string,
    ports: { readonly http: number; readonly grpc: number },
  ): Promise<CollectorProcess> {
    const config = {
      receivers: {
        otlp: {
          protocols: {
            http: { endpoint: `127.0.0.1:${ports.http}` },
            grpc: { endpoint: `127.0.0.1:${ports.grpc}`, max_recv_msg_size_mib: 64 },
          },
        },
      },
      exporters: { file: { path: join(directory, 'collector.json') } },
      service: {
        pipelines: { logs: { receivers: ['otlp'], exporters: ['file'] } },
        telemetry: { logs: { level: 'error' }, metrics: { level: 'none' } },
      },
    };
    const configFile = join(directory, 'collector.yaml');
    writeFileSync(configFile, JSON.stringify(config)); // JSON is YAML.
    const child = spawn(binary, ['--config', configFile], { stdio: ['ignore', 2, 2] });
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`collector: expected it to run, found status ${child.exitCode}.`);
      const answers = await fetch(`http://127.0.0.1:${ports.http}/`).then(
        () => true,
        () => false,
      );
      if (answers) return new CollectorProcess(child);
      await sleep(50);
    }
    child.kill('SIGKILL');
    throw new Error(`collector: expected it to listen within ${START_TIMEOUT_MS} ms, found it did not.`);
  }

  /** Processor seconds so far; null where the system does not tell. */
  processorSeconds(): number | null {
    try {
      const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return null;
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
  }
}
