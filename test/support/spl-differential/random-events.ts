/** Random audit events: well formed where the API types a field, anything at all below requestObject and in annotations. */
import type { Json, StoredColumns } from '../golden-events.ts';
import type { Random } from './random.ts';

/** Few, so that searches hit and values collide. */
export const TEXTS: readonly string[] = [
  'alpha', 'Alpha', 'ALPHA', 'beta', 'a', 'B', 'get', 'list', 'a,b', 'a,b,,c', 'x y', 'alpha beta', '', '5', '10', '9', '05', '1.5', '-3', '0', '100',
  '1e3', 'nan', 'inf', 'true', 'null', 'it\'s', 'say "hi"', 'back\\slash', 'line\nbreak', 'tab\there', 'grün', '日本', '😀 smile', '50%', 'a_b',
  'a*b', '10.0.0.1', '10.0.0.7', '192.168.1.5', '::1', '/api/v1/pods', 'kubectl/v1.29 (linux)', 'system:anonymous', ' padded ', '$x$', '`tick`',
  'a|b', '[z]', '2026-11-02', '2026-11-02T09:00:05', 'alpha=5', '{"a":1,"b":{"c":["p","q"]},"verb":"spathed"}', 'null value', 'AND', '0x10', '%41',
]; // biome-ignore format: a flat list

export const ADDRESSES = ['10.0.0.1', '10.0.0.7', '192.168.1.5', '203.0.113.9', '::1', '2001:db8::7'];
const VERBS = ['get', 'list', 'List', 'create', 'delete'];
const USERS = ['alice', 'bob', 'Alice', 'system:anonymous', '', '42', 'ünï 😀', 'a"b'];
const RESOURCES = ['pods', 'secrets', 'nodes'];

export interface EventSet {
  readonly lines: readonly string[];
  readonly columns: readonly StoredColumns[];
  /** Rows of `logs`. */
  readonly logs: readonly LogRow[];
}

type LogRow = Omit<StoredColumns, 'raw'> & { readonly raw: string };

export function randomEvents(random: Random, count: number): EventSet {
  const lines = Array.from({ length: count }, () => JSON.stringify(randomEvent(random)));
  const logs = Array.from({ length: Math.ceil(count / 2) }, () => randomLog(random));
  return { lines, columns: lines.map((line) => randomColumns(random, line)), logs };
}

function randomColumns(random: Random, line: string): StoredColumns {
  return {
    ...randomEnvelope(random, line),
    ...optional(random, 'source', () => random.pick(['kubernetes', 'audit', ''])),
    ...optional(random, 'host', () => random.pick(['node-1', 'node-2'])),
    ...optional(random, 'cluster', () => random.pick(['prod', 'test'])),
    ...optional(random, 'attributes', () => ({ env: random.pick(TEXTS), 'x.y': [random.pick(TEXTS), 7] }), 0.3),
  };
}

/** What the clouds put around the event. */
function randomEnvelope(random: Random, line: string): StoredColumns {
  const form = random.below(8);
  if (form < 3) return {};
  if (form < 5) return { sourcetype: random.pick(['_json', 'aws:cloudwatchlogs:eks', 'AWS:CloudWatchLogs:EKS']) };
  if (form < 7) {
    const record = {
      category: random.pick(['kube-audit', 'guard']),
      properties: { log: line, pod: random.pick(TEXTS) },
    };
    return { cloud: 'aks', raw: JSON.stringify(record) };
  }
  const protoPayload = {
    methodName: random.pick(['io.k8s.core.v1.pods.list', 'io.k8s.core.v1.secrets.get']),
    ...maybe(random, 'resourceName', () => random.pick(TEXTS)),
    requestMetadata: { callerIp: random.pick(ADDRESSES) },
    authenticationInfo: { ...maybe(random, 'principalEmail', () => random.pick(USERS)) },
  };
  return { sourcetype: 'google:gcp:pubsub:message', raw: JSON.stringify({ data: { protoPayload } }) };
}

function randomLog(random: Random): LogRow {
  const pair = (): string =>
    `${random.pick(['user', 'n', 'k8s.ns', 'alpha', '7x'])}=${random.pick(['"a b"', ...TEXTS])}`;
  const raw = random.chance(0.5)
    ? random.some(0, 4, pair).join(random.pick([' ', ', ', ' (', ') ']))
    : JSON.stringify({
        ...maybe(random, 'user', () => random.pick(USERS)),
        ...maybe(random, 'n', () => randomScalar(random)),
        ...maybe(random, 'list', () => random.some<Json>(0, 3, () => randomScalar(random))),
        ...maybe(random, 'a.b', () => randomScalar(random)),
      });
  return {
    raw,
    time: 1_793_610_000 + random.below(30),
    ...optional(random, 'sourcetype', () => random.pick(['kube:container:web', 'kube:container:falco'])),
    ...optional(random, 'host', () => random.pick(['node-1', 'node-2'])),
    ...optional(random, 'attributes', () => ({ env: random.pick(TEXTS), user: 'attribute' }), 0.3),
  };
}

function optional<T>(random: Random, key: string, make: () => T, share = 0.7): { readonly [name: string]: T } {
  return random.chance(share) ? { [key]: make() } : {};
}

/** Absent, sometimes null. */
function maybe(random: Random, key: string, make: () => Json): { readonly [name: string]: Json } {
  if (random.chance(0.08)) return { [key]: null };
  return optional(random, key, make);
}

function randomEvent(random: Random): Json {
  // Half a minute, so that times collide.
  const second = String(random.below(30)).padStart(2, '0');
  const time = `2026-11-02T09:00:${second}.${random.pick(['000000', '500000', '250000'])}Z`;
  return {
    kind: 'Event',
    ...optional(random, 'level', () => random.pick(['Metadata', 'Request'])),
    ...optional(random, 'stage', () => random.pick(['ResponseComplete', 'RequestReceived'])),
    ...maybe(random, 'verb', () => random.pick(random.chance(0.3) ? TEXTS : VERBS)),
    ...maybe(random, 'requestURI', () => random.pick(['/api', '/api/v1/pods?limit=5', '/version', ''])),
    ...maybe(random, 'userAgent', () => random.pick(TEXTS)),
    ...maybe(random, 'user', () => ({
      ...maybe(random, 'username', () => random.pick(USERS)),
      ...maybe(random, 'uid', () => random.pick(['u-1', '7', '07'])),
      ...maybe(random, 'groups', () => random.some(0, 3, () => random.pick(['dev', 'ops', 'Dev', '5', '']))),
    })),
    ...maybe(random, 'sourceIPs', () => random.some(0, 3, () => random.pick(ADDRESSES))),
    ...maybe(random, 'objectRef', () => ({
      ...maybe(random, 'resource', () => random.pick(RESOURCES)),
      ...maybe(random, 'name', () => random.pick(TEXTS)),
      ...maybe(random, 'namespace', () => random.pick(['default', 'kube-system'])),
    })),
    ...maybe(random, 'responseStatus', () => ({
      ...maybe(random, 'code', () => random.pick([200, 201, 403, 404, 9])),
      ...maybe(random, 'reason', () => random.pick(['Forbidden', 'forbidden'])),
    })),
    ...maybe(random, 'annotations', () => ({
      ...optional(random, 'authorization.k8s.io/decision', () => random.pick(['allow', 'forbid'])),
      ...optional(random, 'a.b', () => random.pick(TEXTS)),
    })),
    ...maybe(random, 'requestObject', () => randomObject(random)),
    stageTimestamp: time,
  };
}

function randomObject(random: Random): Json {
  return {
    ...maybe(random, 'n', () => random.pick([0, 1, 5, 10, -3, 1.5, 250])),
    ...maybe(random, 'm', () => random.pick<Json>([2, 3, '4', 'x', true, false, null, [], {}])),
    ...maybe(random, 't', () => random.pick(TEXTS)),
    ...maybe(random, 'a.b', () => randomScalar(random)),
    ...maybe(random, 'a', () => ({
      ...maybe(random, 'b', () => randomScalar(random)),
      ...maybe(random, 'c', () => randomScalar(random)),
    })),
    ...maybe(random, 'k8s.io/x-y', () => random.pick(TEXTS)),
    ...maybe(random, 'list', () => random.some<Json>(0, 4, () => randomScalar(random))),
    ...maybe(random, 'c', () =>
      random.some<Json>(0, 3, () => ({
        ...maybe(random, 'image', () => random.pick(['nginx', 'redis', 'Nginx'])),
        ...maybe(random, 'p', () =>
          random.some<Json>(0, 2, () => ({ ...maybe(random, 'n', () => random.pick([80, 443])) })),
        ),
      })),
    ),
    ...maybe(random, 'json', () =>
      random.pick([
        '{"a":1,"z":{"c":["p","q"]},"verb":"spathed"}',
        '{"a":"x","b.c":2}',
        '[1,2]',
        'no json',
        '{"broken',
      ]),
    ),
  };
}

function randomScalar(random: Random): Json {
  return random.chance(0.2) ? random.pick<Json>([1, 2, 2.5, true, null]) : random.pick(TEXTS);
}
