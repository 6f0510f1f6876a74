/** Request bodies of audit events: pod, deployment and config map manifests of 2 to 8 KB with random content. */
import type { Random } from './random.ts';

const WORDS =
  'api web auth cart order billing search cache queue worker gateway metrics ledger report image mail batch sync edge'.split(
    ' ',
  );

export interface Manifest {
  readonly resource: 'pods' | 'deployments' | 'configmaps';
  readonly apiGroup: string;
  readonly name: string;
  readonly namespace: string;
  readonly object: object;
}

export function randomManifest(random: Random): Manifest {
  const name = `${random.pick(WORDS)}-${random.pick(WORDS)}-${random.hex(5)}`;
  const namespace = `team-${random.below(40)}`;
  const metadata = { name, namespace, labels: labels(random, name), annotations: { checksum: random.hex(64) } };
  const bytes = 2048 + random.below(6144);
  switch (random.below(3)) {
    case 0:
      return {
        resource: 'pods',
        apiGroup: '',
        name,
        namespace,
        object: { kind: 'Pod', apiVersion: 'v1', metadata, spec: podSpec(random, bytes) },
      };
    case 1:
      return {
        resource: 'deployments',
        apiGroup: 'apps',
        name,
        namespace,
        object: {
          kind: 'Deployment',
          apiVersion: 'apps/v1',
          metadata,
          spec: {
            replicas: 1 + random.below(9),
            selector: { matchLabels: { app: name } },
            template: { metadata: { labels: labels(random, name) }, spec: podSpec(random, bytes) },
          },
        },
      };
    default: {
      const data: Record<string, string> = {};
      for (let size = 300; size < bytes; size += 220) {
        data[`${random.pick(WORDS)}.${random.hex(4)}.conf`] = Array.from(
          { length: 6 },
          () => `${random.pick(WORDS)}.${random.pick(WORDS)} = ${random.hex(14)}`,
        ).join('\n');
      }
      return {
        resource: 'configmaps',
        apiGroup: '',
        name,
        namespace,
        object: { kind: 'ConfigMap', apiVersion: 'v1', metadata, data },
      };
    }
  }
}

function labels(random: Random, name: string): Readonly<Record<string, string>> {
  return {
    app: name,
    tier: random.pick(WORDS),
    release: `r${random.below(1000)}`,
    'pod-template-hash': random.hex(10),
  };
}

function podSpec(random: Random, bytes: number): object {
  const containers: object[] = [];
  for (let size = 500; size < bytes; size += 780) {
    const app = random.pick(WORDS);
    containers.push({
      name: `${app}-${random.hex(4)}`,
      image: `registry.example.com/${random.pick(WORDS)}/${app}:${random.below(9)}.${random.below(30)}.${random.below(99)}`,
      args: [`--listen=:${8000 + random.below(1000)}`, `--${random.pick(WORDS)}-url=http://${random.pick(WORDS)}:8080`],
      env: Array.from({ length: 5 }, () => ({
        name: `${random.pick(WORDS)}_${random.hex(4)}`.toUpperCase(),
        value: random.hex(16),
      })),
      resources: { limits: { cpu: `${random.below(900)}m`, memory: `${random.below(4000)}Mi` } },
      volumeMounts: [
        { name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
      ],
      terminationMessagePath: '/dev/termination-log',
      imagePullPolicy: 'IfNotPresent',
    });
  }
  return {
    containers,
    restartPolicy: 'Always',
    serviceAccountName: `${random.pick(WORDS)}-sa`,
    nodeName: `node-${random.below(50)}`,
  };
}
