import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/config/index.ts';

interface Container {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
}

interface StatefulSet {
  readonly kind: 'StatefulSet';
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly securityContext: object; readonly containers: readonly [Container] };
    };
  };
}

interface Service {
  readonly kind: 'Service';
  readonly spec: { readonly selector: object; readonly ports: readonly { readonly targetPort: string }[] };
}

interface ContainerConfig {
  readonly receivers: {
    readonly otlp: { readonly protocols: Readonly<Record<'grpc' | 'http', { readonly endpoint: string }>> };
    readonly splunk_hec: { readonly endpoint: string };
  };
  readonly storage: { readonly directory: string };
  readonly api: { readonly endpoint: string };
}

const manifests = parseAllDocuments(await read('config/kubernetes/pintail.yaml')).map((document) => {
  expect(document.errors).toEqual([]);
  return document.toJS() as { readonly kind: string };
});
const statefulSet = manifests.find((manifest) => manifest.kind === 'StatefulSet') as StatefulSet;
const service = manifests.find((manifest) => manifest.kind === 'Service') as Service;
const pod = statefulSet.spec.template.spec;
const [container] = pod.containers;

test('the pod is not root, cannot become it, and cannot write outside its volumes', () => {
  expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  expect(container.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('the service reaches the ports that the container configuration listens on', async () => {
  const config = parse(await read('config/container.yaml')) as ContainerConfig;
  const listening = [
    config.receivers.otlp.protocols.grpc.endpoint,
    config.receivers.otlp.protocols.http.endpoint,
    config.receivers.splunk_hec.endpoint,
    config.api.endpoint,
  ].map((endpoint) => Number(endpoint.split(':').at(-1)));
  const named = new Map(container.ports.map((port) => [port.name, port.containerPort]));
  const reached = service.spec.ports.map((port) => named.get(port.targetPort));
  expect(reached).toEqual(listening);
  expect(statefulSet.spec.template.metadata.labels).toMatchObject(service.spec.selector);
});

test('everything that the container configuration asks of the environment is there', async () => {
  const asked = [...(await read('config/container.yaml')).matchAll(/\$\{env:(\w+)(:-[^}]*)?\}/g)]
    .filter((match) => match[2] === undefined)
    .map((match) => match[1]);
  const given = container.env.map((variable) => variable.name);
  expect(asked.length).toBeGreaterThan(0);
  expect(given).toEqual(expect.arrayContaining(asked));
});

test('the volume is where the container configuration keeps its data', async () => {
  const config = parse(await read('config/container.yaml')) as ContainerConfig;
  const [, folder = ''] = /:-(.*)\}$/.exec(config.storage.directory) ?? [];
  expect(folder).toMatch(/^\//);
  const mount = container.volumeMounts.find((entry) => entry.name === 'data');
  expect(mount?.mountPath).toBe(folder);
  expect(await read('Dockerfile')).toContain(`VOLUME ${folder}\n`);
});

test('the kubeconfig of the audit webhook posts to the path that the receiver listens on', async () => {
  const kubeconfig = parse(await read('config/kubernetes/audit-webhook.kubeconfig.yaml')) as {
    readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string } }[];
    readonly contexts: readonly { readonly name: string; readonly context: { readonly cluster: string } }[];
    readonly 'current-context': string;
  };
  const { receivers } = parseConfig('receivers: { k8s_audit_webhook: {} }', 'webhook', {});
  const context = kubeconfig.contexts.find(({ name }) => name === kubeconfig['current-context']);
  const cluster = kubeconfig.clusters.find(({ name }) => name === context?.context.cluster);
  const url = new URL(cluster?.cluster.server ?? '');
  expect(url.pathname).toBe(receivers.k8sAuditWebhook?.path);
  expect(Number(url.port)).toBe(receivers.k8sAuditWebhook?.endpoint.port);
});

test('one writer only', () => {
  expect(statefulSet.spec.replicas).toBe(1);
});

function read(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
}
