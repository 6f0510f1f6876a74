/**
 * Rules that span several keys: no exporter feeds our own receiver, nothing outside this machine reaches
 * a listener that asks for no proof of identity, listeners do not collide.
 */
import type { Scope } from './config.ts';
import type { ParsedConfig } from './schema.ts';
import { type Endpoint, isLoopback, isWildcard } from './units.ts';
import type { Path } from './yaml-source.ts';

export interface Violation {
  readonly path: Path;
  readonly message: string;
}

interface Listener {
  readonly path: Path;
  readonly endpoint: Endpoint;
  readonly hasClientCertificates: boolean;
  readonly clientClusters: readonly ClientCluster[];
  readonly allowUnauthenticated: boolean;
  /** A token with one of these scopes opens it. */
  readonly scopes: readonly Scope[];
  /** It has tokens of its own. */
  readonly hasTokens: boolean;
}

const minTokenCharacters = 16;
const MOST_STATEMENTS = 8;
const day = 86_400_000;

/** Listeners that may have tokens of their own. */
const TOKEN_OWNERS = new Set(['receivers.splunk_hec', 'receivers.k8s_audit_webhook']);

/** `ownHosts` are this machine's names and addresses besides loopback. */
export function checkConfig(config: ParsedConfig, ownHosts: readonly string[]): Violation[] {
  const listeners = listenersOf(config);
  return [
    ...checkTokens(config),
    ...checkVolumeRules(config),
    ...checkShares(config),
    ...checkIncidentSpans(config),
    ...checkRetention(config),
    ...checkBucket(config),
    ...listeners.flatMap((listener) => checkAuthentication(listener, config)),
    ...listeners.flatMap(checkClientClusters),
    ...checkCollisions(listeners),
    ...checkExporterLoop(config, listeners, ownHosts),
  ];
}

function listenersOf(config: ParsedConfig): Listener[] {
  const protocols = config.receivers.otlp?.protocols;
  const listeners: Listener[] = [];
  for (const name of ['grpc', 'http'] as const) {
    const settings = protocols?.[name];
    if (settings !== undefined) {
      listeners.push(toListener(['receivers', 'otlp', 'protocols', name], settings, ['ingest']));
    }
  }
  for (const name of ['splunk_hec', 'k8s_audit_webhook'] as const) {
    const settings = config.receivers[name];
    if (settings !== undefined) {
      listeners.push(toListener(['receivers', name], settings, ['ingest'], settings.tokens.length > 0));
    }
  }
  listeners.push(toListener(['api'], config.api, ['hunt', 'admin']));
  return listeners;
}

function toListener(path: Path, settings: ListenerSettings, scopes: readonly Scope[], hasTokens = false): Listener {
  return {
    path,
    endpoint: settings.endpoint,
    hasClientCertificates: settings.tls?.client_ca_file !== undefined,
    clientClusters: settings.tls?.client_clusters ?? [],
    allowUnauthenticated: settings.allow_unauthenticated,
    scopes,
    hasTokens,
  };
}

type ClientCluster = NonNullable<
  NonNullable<ParsedConfig['receivers']['splunk_hec']>['tls']
>['client_clusters'][number];

type ListenerSettings = Pick<ParsedConfig['api'], 'endpoint' | 'allow_unauthenticated'> & {
  readonly tls?:
    | { readonly client_ca_file?: string | undefined; readonly client_clusters?: readonly ClientCluster[] }
    | undefined;
};

function checkTokens(config: ParsedConfig): Violation[] {
  const lists: readonly (readonly [Path, readonly TokenItself[]])[] = [
    [['api', 'tokens'], config.api.tokens],
    [['receivers', 'splunk_hec', 'tokens'], config.receivers.splunk_hec?.tokens ?? []],
    [['receivers', 'k8s_audit_webhook', 'tokens'], config.receivers.k8s_audit_webhook?.tokens ?? []],
  ];
  return [
    ...lists.flatMap(([list, entries]) => entries.flatMap((entry, index) => checkToken([...list, index], entry))),
    ...config.api.tokens.flatMap(checkTokenCluster),
  ];
}

type TokenItself = Pick<ParsedConfig['api']['tokens'][number], 'token' | 'hash'>;

function checkTokenCluster({ cluster, scopes }: ParsedConfig['api']['tokens'][number], index: number): Violation[] {
  if (cluster === undefined || scopes.includes('ingest') || scopes.includes('admin')) return [];
  const message =
    `api.tokens[${index}].cluster: expected the scope ingest beside it, found ${scopes.join(', ')}: ` +
    'it says which cluster records are of, not which ones may be read.';
  return [{ path: ['api', 'tokens', index, 'cluster'], message }];
}

function checkToken(path: Path, entry: TokenItself): Violation[] {
  const name = `${path.slice(0, -1).join('.')}[${path.at(-1)}]`;
  if ((entry.token === undefined) === (entry.hash === undefined)) {
    const found = entry.token === undefined ? 'neither' : 'both';
    return [{ path, message: `${name}: expected either token or hash, found ${found}.` }];
  }
  if (entry.token !== undefined && entry.token.reveal().length < minTokenCharacters) {
    const message = `${name}.token: expected at least ${minTokenCharacters} characters, found fewer.`;
    return [{ path: [...path, 'token'], message }];
  }
  return [];
}

/** Incidents look at risk events that must still be there. */
function checkIncidentSpans({ risk, storage }: ParsedConfig): Violation[] {
  const kept = storage.findings_retention;
  if (kept === null) return [];
  return (['risk_span', 'tactic_span'] as const).flatMap((key) => {
    if (risk.incidents[key] < kept) return [];
    const message = `risk.incidents.${key}: expected less than storage.findings_retention (${kept / 86_400_000}d), found ${risk.incidents[key] / 86_400_000}d: older risk events are gone.`;
    return [{ path: ['risk', 'incidents', key], message }];
  });
}

/** DuckDB's statements, the loader, fsync and gunzip share libuv's threads: statements must leave some. */
function checkShares({ storage }: ParsedConfig): Violation[] {
  const { service, detection, hunt } = storage.concurrent_statements;
  const sum = service + detection + hunt;
  if (sum <= MOST_STATEMENTS) return [];
  const path = ['storage', 'concurrent_statements'];
  const message = `storage.concurrent_statements: expected at most ${MOST_STATEMENTS} together, found ${sum}: an acknowledgement needs a free thread too.`;
  return [{ path, message }];
}

function checkVolumeRules({ volume }: ParsedConfig): Violation[] {
  return volume.rules.flatMap((rule, index) => {
    const path = ['volume', 'rules', index];
    const name = `volume.rules[${index}]`;
    const problems: Violation[] = [];
    if ((rule.action === undefined) === (rule.sample === undefined)) {
      const found = rule.action === undefined ? 'neither' : 'both';
      problems.push({ path, message: `${name}: expected either action or sample, found ${found}.` });
    }
    if (volume.rules.findIndex((other) => other.name === rule.name) !== index) {
      const message = `${name}.name: expected a name of its own, found "${rule.name}" a second time.`;
      problems.push({ path: [...path, 'name'], message });
    }
    return problems;
  });
}

/** Names in certificates that nobody verified would bind nobody. */
function checkClientClusters({ path, hasClientCertificates, clientClusters }: Listener): Violation[] {
  const list = [...path, 'tls', 'client_clusters'];
  const name = list.join('.');
  if (clientClusters.length > 0 && !hasClientCertificates) {
    return [{ path: list, message: `${name}: expected ${path.join('.')}.tls.client_ca_file beside it, found none.` }];
  }
  return clientClusters.flatMap((entry, index) => {
    if ((entry.common_name === undefined) !== (entry.san === undefined)) return [];
    const found = entry.san === undefined ? 'neither' : 'both';
    return [
      { path: [...list, index], message: `${name}[${index}]: expected either common_name or san, found ${found}.` },
    ];
  });
}

/** A window that is caught up reads what came before it, and events go by whole days. */
function checkRetention({ storage, detections }: ParsedConfig): Violation[] {
  const least = detections.catch_up + day;
  const { cold, retention } = storage;
  const violations: Violation[] = [];
  if (cold !== undefined && retention !== null && cold.after >= retention) {
    const message =
      `storage.cold.after: expected less than storage.retention (${retention / day}d), found ${cold.after / day}d: ` +
      'nothing would ever be written.';
    violations.push({ path: ['storage', 'cold', 'after'], message });
  }
  const tooShort = (['retention', 'findings_retention'] as const).flatMap((key) => {
    const kept = storage[key];
    if (kept === null || kept >= least) return [];
    const message =
      `storage.${key}: expected a day more than detections.catch_up (${detections.catch_up / day}d) at least, since a window ` +
      `that is caught up must find its events, found ${kept / day}d.`;
    return [{ path: ['storage', key], message }];
  });
  return [...violations, ...tooShort];
}

/** How to reach a bucket, and half of a key, would be left out without a word. */
function checkBucket({ storage }: ParsedConfig): Violation[] {
  const { s3, directory } = storage.cold ?? {};
  if (s3 === undefined) return [];
  const path = ['storage', 'cold', 's3'];
  if (directory?.startsWith('s3://') !== true) {
    const found = directory === undefined ? 'none' : `"${directory}"`;
    const message = `storage.cold.s3: expected storage.cold.directory to be a bucket such as s3://bucket/folder, found ${found}.`;
    return [{ path, message }];
  }
  const given = (['access_key_id', 'secret_access_key'] as const).filter((key) => s3[key] !== undefined);
  if (given.length === 2 || (given.length === 0 && s3.session_token === undefined)) return [];
  const found = given[0] ?? 'session_token';
  const message =
    `storage.cold.s3: expected access_key_id and secret_access_key, or neither for the credentials of the environment, ` +
    `found only ${found}.`;
  return [{ path, message }];
}

function checkAuthentication(listener: Listener, config: ParsedConfig): Violation[] {
  const { endpoint, path } = listener;
  if (isLoopback(endpoint.host) || listener.allowUnauthenticated) return [];
  if (listener.hasClientCertificates || listener.hasTokens) return [];
  if (config.api.tokens.some((token) => token.scopes.some((scope) => listener.scopes.includes(scope)))) return [];
  const name = path.join('.');
  const ownTokens = TOKEN_OWNERS.has(name) ? `, or one to ${name}.tokens` : '';
  return [
    {
      path: [...path, 'endpoint'],
      message:
        `${name}.endpoint: expected a loopback address or proof of identity, found ${showEndpoint(endpoint)} open to everyone ` +
        `who reaches it. Add a token with the scope ${listener.scopes[0]} to api.tokens${ownTokens}, or ${name}.tls.client_ca_file, ` +
        `or say ${name}.allow_unauthenticated: true.`,
    },
  ];
}

function checkCollisions(listeners: readonly Listener[]): Violation[] {
  return listeners.flatMap((listener, index) => {
    const earlier = listeners.slice(0, index).find((other) => collide(listener.endpoint, other.endpoint));
    if (earlier === undefined) return [];
    const message =
      `${listener.path.join('.')}.endpoint: expected an address of its own, found ${showEndpoint(listener.endpoint)}, ` +
      `which ${earlier.path.join('.')} listens on.`;
    return [{ path: [...listener.path, 'endpoint'], message }];
  });
}

function collide(left: Endpoint, right: Endpoint): boolean {
  if (left.port === 0 || left.port !== right.port) return false;
  return left.host === right.host || isWildcard(left.host) || isWildcard(right.host);
}

function checkExporterLoop(
  config: ParsedConfig,
  listeners: readonly Listener[],
  ownHosts: readonly string[],
): Violation[] {
  const exporter = config.exporters.otlp;
  if (exporter === undefined) return [];
  const url = new URL(exporter.endpoint);
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const target = listeners.find(
    (listener) => listener.endpoint.port === port && reaches(host, listener.endpoint.host.toLowerCase(), ownHosts),
  );
  if (target === undefined) return [];
  const message =
    `exporters.otlp.endpoint: expected another program's receiver, found ${exporter.endpoint}, ` +
    `which is our own ${target.path.join('.')}: risk events would come back as events.`;
  return [{ path: ['exporters', 'otlp', 'endpoint'], message }];
}

/** Whether a connection to `host` arrives at a listener on `listenHost`. A name that only DNS knows is not resolved. */
function reaches(host: string, listenHost: string, ownHosts: readonly string[]): boolean {
  if (host === listenHost) return true;
  const isOwn = isLoopback(host) || isWildcard(host) || ownHosts.includes(host);
  if (isWildcard(listenHost)) return isOwn;
  return isLoopback(listenHost) && (isLoopback(host) || isWildcard(host));
}

function showEndpoint(endpoint: Endpoint): string {
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}
