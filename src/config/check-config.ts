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
  readonly allowUnauthenticated: boolean;
  /** A token with one of these scopes opens it. */
  readonly scopes: readonly Scope[];
}

const minTokenCharacters = 16;

/** `ownHosts` are this machine's names and addresses besides loopback. */
export function checkConfig(config: ParsedConfig, ownHosts: readonly string[]): Violation[] {
  const listeners = listenersOf(config);
  return [
    ...checkTokens(config),
    ...listeners.flatMap((listener) => checkAuthentication(listener, config)),
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
  listeners.push(toListener(['api'], config.api, ['hunt', 'admin']));
  return listeners;
}

function toListener(path: Path, settings: ParsedConfig['api'] | ListenerSettings, scopes: readonly Scope[]): Listener {
  return {
    path,
    endpoint: settings.endpoint,
    hasClientCertificates: settings.tls?.client_ca_file !== undefined,
    allowUnauthenticated: settings.allow_unauthenticated,
    scopes,
  };
}

type ListenerSettings = Pick<ParsedConfig['api'], 'endpoint' | 'tls' | 'allow_unauthenticated'>;

function checkTokens(config: ParsedConfig): Violation[] {
  return config.api.tokens.flatMap((entry, index): Violation[] => {
    const path = ['api', 'tokens', index];
    const name = `api.tokens[${index}]`;
    if ((entry.token === undefined) === (entry.hash === undefined)) {
      const found = entry.token === undefined ? 'neither' : 'both';
      return [{ path, message: `${name}: expected either token or hash, found ${found}.` }];
    }
    if (entry.token !== undefined && entry.token.reveal().length < minTokenCharacters) {
      const message = `${name}.token: expected at least ${minTokenCharacters} characters, found fewer.`;
      return [{ path: [...path, 'token'], message }];
    }
    return [];
  });
}

function checkAuthentication(listener: Listener, config: ParsedConfig): Violation[] {
  const { endpoint, path } = listener;
  if (isLoopback(endpoint.host) || listener.allowUnauthenticated || listener.hasClientCertificates) return [];
  if (config.api.tokens.some((token) => token.scopes.some((scope) => listener.scopes.includes(scope)))) return [];
  const name = path.join('.');
  return [
    {
      path: [...path, 'endpoint'],
      message:
        `${name}.endpoint: expected a loopback address or proof of identity, found ${showEndpoint(endpoint)} open to everyone ` +
        `who reaches it. Add a token with the scope ${listener.scopes[0]} to api.tokens, or ${name}.tls.client_ca_file, ` +
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
