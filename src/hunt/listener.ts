/** An HTTP or HTTPS server, and the wait until it accepts. */
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { PermanentError } from '../component.ts';
import type { HuntSettings } from './settings.ts';

/** A request must have arrived whole within this time: no slow sender holds a connection for longer. */
const requestTimeoutMs = 30_000;

/** Rejects with PermanentError where a PEM file cannot be read or used. */
export async function createListener(settings: HuntSettings, handle: RequestListener): Promise<Server> {
  const { tls } = settings;
  const server = tls === undefined ? createServer(handle) : await createSecureServer(tls, handle);
  server.maxConnections = settings.maxConnections;
  server.requestTimeout = requestTimeoutMs;
  return server;
}

/** Resolves once the server accepts; rejects with PermanentError that names the endpoint where it cannot. */
export function listen(server: Server, endpoint: HuntSettings['endpoint']): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      const name = `${endpoint.host}:${endpoint.port}`;
      const message = `api.endpoint: expected an address that is free, found ${name}: ${error.message}.`;
      reject(new PermanentError(message, { cause: error }));
    };
    server.once('error', onError);
    server.listen(endpoint.port, endpoint.host, () => {
      server.removeListener('error', onError);
      resolve();
    });
  });
}

async function createSecureServer(tls: NonNullable<HuntSettings['tls']>, handle: RequestListener): Promise<Server> {
  const clients = tls.clientCaFile !== undefined && {
    ca: await readPem('client_ca_file', tls.clientCaFile),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const cert = await readPem('cert_file', tls.certFile);
  const key = await readPem('key_file', tls.keyFile);
  try {
    return createTlsServer({ cert, key, minVersion: 'TLSv1.2', ...clients }, handle);
  } catch (error: unknown) {
    throw new PermanentError(`api.tls: expected a certificate and its key as PEM, found: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

async function readPem(key: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error: unknown) {
    const message = `api.tls.${key}: expected a readable PEM file, found: ${reasonOf(error)}.`;
    throw new PermanentError(message, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
