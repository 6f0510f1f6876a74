/**
 * Rows for measuring the store: the Metadata-level events of a recorded stream with fresh ids, times, users and
 * addresses, one in twenty with a 2-8 KB manifest as request body. The same seed gives the same rows.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AuditRow } from '../src/component.ts';
import { readObjectKeys } from '../src/normalize/object-keys.ts';

interface RecordedEvent {
  readonly stage: string;
  readonly level: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user: { readonly username: string; readonly uid?: string; readonly groups?: string[] };
  readonly objectRef?: Record<string, string>;
  readonly responseStatus?: {
    readonly status?: string;
    readonly message?: string;
    readonly reason?: string;
    readonly code?: number;
  };
  readonly annotations?: Record<string, string>;
}

/** Makes rows with ascending times, `stepMicros` apart. */
export class StoreEvents {
  readonly #recorded: readonly RecordedEvent[];
  readonly #stepMicros: number;
  #random: number;
  #count = 0;

  constructor(corpora: string, options: { readonly seed: number; readonly stepMicros: number }) {
    this.#recorded = readFileSync(`${corpora}/immudb-k8s-microk8s/events.ndjson`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedEvent);
    this.#random = options.seed;
    this.#stepMicros = options.stepMicros;
  }

  rows(count: number, firstMicros: number): AuditRow[] {
    return Array.from({ length: count }, (_item, index) => this.#row(firstMicros + index * this.#stepMicros));
  }

  #row(micros: number): AuditRow {
    const recorded = this.#recorded[this.#count % this.#recorded.length];
    if (recorded === undefined) {
      throw new Error('bench: expected recorded events, found none.');
    }
    this.#count += 1;
    const auditID = this.#hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const username = `${recorded.user.username}-${this.#below(200)}`;
    const sourceIPs = [`10.${this.#below(4)}.${this.#below(250)}.${this.#below(250)}`];
    const received = isoMicros(micros);
    const staged = isoMicros(micros + 800);
    const event = {
      ...recorded,
      auditID,
      user: { ...recorded.user, username },
      sourceIPs,
      requestReceivedTimestamp: received,
      stageTimestamp: staged,
      ...(this.#count % 20 === 0 ? { requestObject: this.#manifest() } : {}),
    };
    const _raw = JSON.stringify(event);
    const part = (name: string): string | null => recorded.objectRef?.[name] ?? null;
    return {
      timeMicros: micros + 800,
      hasOwnTime: true,
      cluster: 'prod',
      index: 'main',
      source: '/var/log/kubernetes/audit.log',
      sourcetype: 'kube:apiserver:audit',
      host: 'node-1',
      resource: '{"k8s.cluster.name":"prod","host.name":"node-1"}',
      attributes: null,
      _raw,
      identity: createHash('md5').update(_raw).digest('hex'),
      auditID,
      stage: recorded.stage,
      level: recorded.level,
      verb: recorded.verb,
      requestURI: recorded.requestURI,
      userAgent: recorded.userAgent ?? null,
      user: { username, uid: recorded.user.uid ?? null, groups: recorded.user.groups ?? null },
      impersonatedUser: null,
      sourceIPs,
      objectRef:
        recorded.objectRef === undefined
          ? null
          : {
              resource: part('resource'),
              namespace: part('namespace'),
              name: part('name'),
              uid: part('uid'),
              apiGroup: part('apiGroup'),
              apiVersion: part('apiVersion'),
              resourceVersion: part('resourceVersion'),
              subresource: part('subresource'),
            },
      responseStatus:
        recorded.responseStatus === undefined
          ? null
          : {
              status: recorded.responseStatus.status ?? null,
              message: recorded.responseStatus.message ?? null,
              reason: recorded.responseStatus.reason ?? null,
              code: recorded.responseStatus.code ?? null,
            },
      requestReceivedMicros: micros,
      stageMicros: micros + 800,
      annotations: recorded.annotations ?? null,
      hasObjects: 'requestObject' in event,
      objectKeys: readObjectKeys(_raw),
      cloud: null,
      event: null,
    };
  }

  /** A pod like those people write: fixed structure, random names, labels and values. */
  #manifest(): object {
    const size = 2000 + this.#below(6000);
    const containers: object[] = [];
    const name = `${this.#word()}-${this.#word()}`;
    for (let bytes = 600; bytes < size; bytes += 420) {
      containers.push({
        name: this.#word(),
        image: `registry.example.com/${this.#word()}/${this.#word()}:v1.${this.#below(40)}.${this.#below(10)}`,
        env: [
          { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
          { name: 'ENDPOINT', value: `https://${this.#word()}.svc.cluster.local:${this.#below(9000)}` },
        ],
        resources: { requests: { cpu: `${this.#below(900)}m`, memory: `${this.#below(900)}Mi` } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      });
    }
    return {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name, namespace: this.#word(), labels: { app: this.#word(), 'pod-template-hash': this.#hex(10) } },
      spec: { containers, restartPolicy: 'Always', serviceAccountName: name, nodeName: `node-${this.#below(50)}` },
    };
  }

  #word(): string {
    return (this.#below(2 ** 31) + 2 ** 20).toString(36);
  }

  #hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      text += this.#below(2 ** 31)
        .toString(16)
        .padStart(8, '0');
    }
    return text.slice(0, digits);
  }

  /** mulberry32, below `bound`. */
  #below(bound: number): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * bound);
  }
}

function isoMicros(micros: number): string {
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
}
