/** A service on free ports with a temporary database, fed with the bundled events over real OTLP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlStream } from '../component.ts';
import { type Environment, parseConfig } from '../config/index.ts';
import { packageFile } from './package-files.ts';
import { replayFiles } from './replay-files.ts';
import { createService, type Service } from './service.ts';
import { silentLogger } from './silence.ts';

/** The bundled recordings: three clusters, each as its logs would come. */
const recordings = [
  { file: 'shop-audit.ndjson', cluster: 'shop', sourcetype: 'kube:apiserver-audit', what: 'audit log of a cluster' },
  { file: 'payments-eks.ndjson', cluster: 'payments', sourcetype: 'aws:cloudwatchlogs:eks', what: 'EKS audit log' },
  { file: 'ledger-aks.ndjson', cluster: 'ledger', sourcetype: 'mscs:storage:blob:json', what: 'AKS diagnostics' },
] as const;

/** Seconds that the detections look back; the recordings end now and are shorter. */
const lookBack = 3600;

export interface Demonstration {
  readonly service: Service;
  readonly directory: string;
  close(): Promise<void>;
}

/** Starts the service; `say` is told what happens, `onStuckQuery` of a query after which the process must end. */
export async function startDemonstration(
  environment: Environment,
  say: (line: string) => void,
  onStuckQuery: () => void,
): Promise<Demonstration> {
  const directory = await mkdtemp(join(tmpdir(), 'pintail-demo-'));
  const yaml = `
receivers: { otlp: { protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } } } }
api: { endpoint: '127.0.0.1:0' }
storage: { directory: ${JSON.stringify(directory)} }
detections: { paths: [${JSON.stringify(packageFile('config/detections'))}] }
`;
  const service = await createService(parseConfig(yaml, 'demo', environment), {
    onStuckQuery,
    logger: silentLogger,
  });
  const close = async () => {
    try {
      await service.shutdown();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
  try {
    await service.start();
    await feed(service, say);
    await runDetections(service, say);
  } catch (error: unknown) {
    await close();
    throw error;
  }
  return { service, directory, close };
}

async function feed(service: Service, say: (line: string) => void): Promise<void> {
  const to = `http://${service.addresses.otlpHttp}`;
  const shiftTo = Date.now() / 1000;
  for (const { file, cluster, sourcetype, what } of recordings) {
    const { records } = await replayFiles({
      files: [packageFile(`config/demo/${file}`)],
      to,
      shiftTo,
      cluster,
      metadata: { sourcetype, source: `kube-apiserver-audit-${cluster}` },
      onProblem(message) {
        throw new Error(message);
      },
      onWait: say,
    });
    say(`Sent ${String(records).padStart(4)} records of cluster ${cluster} (${what}) over OTLP to ${to}`);
  }
  await service.loaded();
}

async function runDetections(service: Service, say: (line: string) => void): Promise<void> {
  const now = Date.now() / 1000;
  let riskEvents = 0;
  for (const { detection } of service.detections) {
    const outcome = await service.runOnce(detection.slug, { earliest: now - lookBack, latest: now + 1, now });
    riskEvents += outcome.riskEvents;
  }
  say(`Ran ${service.detections.length} detections over the last hour; they gave ${riskEvents} risk events.`);
}

/** Findings of the demonstration, grouped for a table. */
export async function readFindings(service: Service, consume: (stream: SqlStream) => Promise<void>): Promise<void> {
  await service.database.read({ share: 'service' }, async (connection) => {
    await consume(
      await connection.stream(`
        select detection_name as detection,
          count(*) as findings,
          max(scored.score) as risk,
          arg_max(message, scored.score) as message
        from finding
        left join (select finding_id, sum(risk_score) as score from risk_event group by all) as scored using (finding_id)
        where status = 'active'
        group by all
        order by risk desc nulls last, findings desc, detection`),
    );
  });
}
