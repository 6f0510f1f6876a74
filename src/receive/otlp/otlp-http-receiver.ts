/**
 * OTLP logs over HTTP/1.1: POST /v1/logs, protobuf or JSON by Content-Type, plain, gzip, zstd or deflate.
 *
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#otlphttp
 * Not here: HTTP/2 (the Collector speaks HTTP/1.1 wherever the server offers nothing else), CORS (no browser sends
 * audit logs).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Component, RecordConsumer } from '../../component.ts';
import { Admission, type Ticket } from './admission.ts';
import { collectBytes, SenderGoneError } from './collect-bytes.ts';
import { COMPRESSIONS, type Compression } from './decompress.ts';
import { type Encoding, type ExportResult, encodeResponse } from './encode-answer.ts';
import { contentType, type HttpAnswer, httpAnswer } from './http-status.ts';
import { listen, readTlsOptions } from './listen.ts';
import { LogsIntake } from './logs-intake.ts';
import { checkAuthorization, RefusedError, shorten, tooLarge } from './refusal.ts';
import {
  type OtlpReceiverSettings,
  type ReceiverTelemetry,
  type ResolvedSettings,
  resolveSettings,
} from './settings.ts';

const PATH = '/v1/logs';

export class OtlpHttpReceiver implements Component {
  readonly name = 'otlp receiver (http)';
  readonly #settings: ResolvedSettings;
  readonly #intake: LogsIntake;
  readonly #admission: Admission;
  #connections = 0;
  #server: Server | undefined;
  #stopping: Promise<void> | undefined;

  constructor(settings: OtlpReceiverSettings, next: RecordConsumer, telemetry: ReceiverTelemetry) {
    this.#settings = resolveSettings(settings);
    this.#intake = new LogsIntake('otlp/http', this.#settings, next, telemetry);
    this.#admission = new Admission(this.#settings, () => performance.now());
    const labels = { receiver: 'otlp/http' };
    telemetry.metrics.gauge('pintail_receiver_connections', () => this.#connections, labels);
    telemetry.metrics.gauge('pintail_receiver_in_flight_requests', () => this.#admission.requests, labels);
    telemetry.metrics.gauge('pintail_receiver_in_flight_bytes', () => this.#admission.bytes, labels);
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) throw new Error(`${this.name}: expected one start before shutdown, found two.`);
    const { tls, requestTimeoutMs, maxConnections } = this.#settings;
    const options = {
      // A backstop behind collectBytes, which also times what comes after the headers.
      requestTimeout: requestTimeoutMs + 5000,
      headersTimeout: Math.min(requestTimeoutMs, 20_000),
      connectionsCheckingInterval: 2000,
      keepAliveTimeout: 75_000,
    };
    const server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...readTlsOptions(tls) });
    server.maxConnections = maxConnections;
    server.on('connection', (socket: Socket) => {
      this.#connections += 1;
      socket.on('close', () => {
        this.#connections -= 1;
      });
    });
    server.on('request', (request, response) => void this.#serve(request, response));
    server.on('clientError', (error, socket) => this.#refuseNonHttp(error, socket));
    await listen(server, this.#settings.endpoint);
    this.#admission.open();
    this.#server = server;
    this.#stopping = undefined;
  }

  /** The bound address. Throws before `start`. */
  address(): AddressInfo {
    const address = this.#server?.address();
    if (address == null || typeof address === 'string') throw new Error(`${this.name}: not listening.`);
    return address;
  }

  /** Accepts nothing new, lets requests in hand finish for `shutdownTimeoutMs`, then cuts them off. */
  shutdown(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#admission.close();
    const timer = setTimeout(() => server.closeAllConnections(), this.#settings.shutdownTimeoutMs);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    clearTimeout(timer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const encoding = encodingOf(request.headers['content-type']);
    let answer: HttpAnswer;
    try {
      const result = await this.#export(request, encoding);
      answer = success(result, encoding ?? 'json');
    } catch (error: unknown) {
      if (error instanceof SenderGoneError) return;
      answer = httpAnswer(this.#intake.refuse(error), encoding ?? 'json');
    } finally {
      this.#intake.observe(performance.now() - startedMs);
    }
    this.#answer(request, response, answer);
  }

  async #export(request: IncomingMessage, encoding: Encoding | undefined): Promise<ExportResult> {
    checkTarget(request);
    checkAuthorization(this.#settings.authorize, request.headers.authorization);
    if (encoding === undefined) {
      const found = request.headers['content-type'] ?? 'none';
      throw new RefusedError({
        reason: 'unsupported_content_type',
        message: shorten(`content-type: expected application/x-protobuf or application/json, found "${found}".`),
      });
    }
    const compression = compressionOf(request.headers['content-encoding']);
    const limitBytes = this.#settings.maxRecvMsgSizeBytes;
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge('request body', limitBytes);
    const ticket = this.#admission.enter();
    try {
      const wire = await this.#collect(request, ticket);
      return await this.#intake.take(wire, compression, encoding, ticket, () => request.socket.destroyed);
    } finally {
      ticket.release();
    }
  }

  #collect(request: IncomingMessage, ticket: Ticket): Promise<Buffer> {
    return collectBytes(request, {
      what: 'request body',
      limitBytes: this.#settings.maxRecvMsgSizeBytes,
      timeoutMs: this.#settings.requestTimeoutMs,
      reserve: (bytes) => ticket.reserve(bytes),
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
    if (response.destroyed) return;
    // After shutdown a kept connection would only hold the server open.
    const isLast = this.#server === undefined;
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': answer.body.length,
      ...(isLast ? { connection: 'close' } : {}),
    });
    response.end(answer.body);
    if (!request.complete) this.#discardRest(request);
  }

  /** Reads on for a while: closing on a sender who still writes would reset the connection and lose the answer. */
  #discardRest(request: IncomingMessage): void {
    const { maxRecvMsgSizeBytes, requestTimeoutMs } = this.#settings;
    let length = 0;
    const timer = setTimeout(() => request.destroy(), Math.min(requestTimeoutMs, 5000));
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxRecvMsgSizeBytes) request.destroy();
    });
    request.on('close', () => clearTimeout(timer));
    request.on('end', () => clearTimeout(timer));
    request.on('error', () => request.destroy());
    request.resume();
  }

  /** What came is not HTTP, or its headers were too long or too slow. */
  #refuseNonHttp(error: Error & { readonly code?: string }, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const refusal = this.#intake.refuse(
      new RefusedError(
        isSlow
          ? { reason: 'timeout', message: 'request: expected whole headers and body in time.', retryAfterMs: 1000 }
          : { reason: 'bad_data', message: shorten(`request: expected HTTP/1.1, found: ${error.message}.`) },
      ),
    );
    const { status, headers, body } = httpAnswer(refusal, 'json');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
      `HTTP/1.1 ${status} ${isSlow ? 'Service Unavailable' : 'Bad Request'}\r\n${lines.join('')}` +
        `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
    );
  }
}

function checkTarget(request: IncomingMessage): void {
  const path = request.url?.split('?', 1)[0] ?? '';
  if (path !== PATH) {
    throw new RefusedError({ reason: 'unknown_path', message: shorten(`path: expected "${PATH}", found "${path}".`) });
  }
  if (request.method !== 'POST') {
    throw new RefusedError({ reason: 'wrong_method', message: `method: expected POST, found ${request.method}.` });
  }
}

function encodingOf(header: string | undefined): Encoding | undefined {
  switch (header?.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/x-protobuf':
      return 'protobuf';
    case 'application/json':
      return 'json';
    default:
      return undefined;
  }
}

function compressionOf(header: string | undefined): Compression | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity' || name === 'none') return undefined;
  const compression = COMPRESSIONS.find((known) => known === name);
  if (compression !== undefined) return compression;
  throw new RefusedError({
    reason: 'unsupported_encoding',
    message: shorten(`content-encoding: expected ${COMPRESSIONS.join(', ')} or identity, found "${name}".`),
  });
}

function success(result: ExportResult, encoding: Encoding): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': contentType(encoding) },
    body: encodeResponse(result, encoding),
  };
}
