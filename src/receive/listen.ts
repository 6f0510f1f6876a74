/** Binding a server to an endpoint: the address's syntax, TLS files, and the wait until it accepts. */
import { readFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { PermanentError } from '../component.ts';
import type { ClientCluster } from './client-clusters.ts';

export interface TlsSettings {
  /** PEM files. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Where set, only clients with a certificate of this authority may connect. */
  readonly clientCaFile?: string | undefined;
  /** Where there are some, only clients with one of these names may send, each as its cluster. */
  readonly clientClusters?: readonly ClientCluster[] | undefined;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Parses `host:port` or `[ipv6]:port`. */
export function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new PermanentError(`endpoint: expected "host:port", found "${text}".`);
  }
  return { host, port };
}

/** Reads the PEM files; throws PermanentError where one cannot be read. */
export function readTlsOptions(tls: TlsSettings): TlsOptions {
  const options: TlsOptions = {
    cert: readPem('cert_file', tls.certFile),
    key: readPem('key_file', tls.keyFile),
    minVersion: 'TLSv1.2',
  };
  if (tls.clientCaFile === undefined) return options;
  return { ...options, ca: readPem('client_ca_file', tls.clientCaFile), requestCert: true, rejectUnauthorized: true };
}

function readPem(key: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error: unknown) {
    const found = error instanceof Error ? error.message : String(error);
    throw new PermanentError(`tls.${key}: expected a readable PEM file, found: ${found}.`, { cause: error });
  }
}

/** Resolves to the bound address once the server accepts; rejects naming the endpoint where it cannot. */
export function listen(server: Server, endpoint: string): Promise<AddressInfo> {
  const { host, port } = parseEndpoint(endpoint);
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      reject(new PermanentError(`endpoint "${endpoint}": cannot listen: ${error.message}.`, { cause: error }));
    };
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve(server.address() as AddressInfo);
    });
  });
}
