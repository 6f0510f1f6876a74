/**
 * An HTTP/1.1 listener for receivers: TLS, admission, bounded and decompressed bodies, answers that arrive even where
 * the request was cut short, and a shutdown that lets requests in hand finish. What paths, tokens and answers mean is
 * the protocol's, which it asks.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Admission, type Ticket } from './admission.ts';
import type { Sender } from './authorization.ts';
import { ClientClusters } from './client-clusters.ts';
import { collectBytes, SenderGoneError } from './collect-bytes.ts';
import { COMPRESSIONS, type Compression } from './decompress.ts';
import { listen, readTlsOptions } from './listen.ts';
import { type ListenerSettings, type ResolvedListenerSettings, resolveListenerSettings } from './listener-settings.ts';
import { ReceivedBody } from './received-body.ts';
import { RefusedError, shorten, tooLarge } from './refusal.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** What the client's certificate says of it. Throws a refusal where it may not send. */
  certifiedSender(): Sender;
  /** Admits the request and resolves to its whole body, as it came; once. Throws what `refusalOf` sorts. */
  receive(): Promise<ReceivedBody>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What makes a protocol of the listener. */
export interface HttpProtocol {
  /** Answers one request. Throws what `refuse` sorts. */
  answer(request: HttpRequest): Promise<HttpAnswer>;
  /** The answer to an error of `answer`, or to what was no HTTP request: then there is no `request`. */
  refuse(error: unknown, request?: HttpRequest): HttpAnswer;
  /** Told how long each request took, refused or not. */
  observe(durationMs: number): void;
}

export class HttpListener {
  readonly #name: string;
  readonly #settings: ResolvedListenerSettings;
  readonly #protocol: HttpProtocol;
  readonly #admission: Admission;
  readonly #clientClusters: ClientClusters;
  #connections = 0;
  #server: Server | undefined;
  #stopping: Promise<void> | undefined;

  constructor(name: string, settings: ListenerSettings, protocol: HttpProtocol) {
    this.#name = name;
    this.#settings = resolveListenerSettings(settings);
    this.#protocol = protocol;
    this.#admission = new Admission(this.#settings, () => performance.now());
    this.#clientClusters = new ClientClusters(settings.tls?.clientClusters ?? []);
  }

  /** Requests and bytes in hand. */
  get load(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#admission.requests, bytes: this.#admission.bytes };
  }

  get connections(): number {
    return this.#connections;
  }

  /** True where the next request would be told to come back. */
  get isFull(): boolean {
    return this.#admission.requests >= this.#settings.maxConcurrentRequests;
  }

  /** False before the start and from the shutdown on, while requests in hand still finish. */
  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  /** Resolves once it accepts. Throws PermanentError where the address or the certificate cannot be used. */
  async start(): Promise<void> {
    if (this.#server !== undefined) throw new Error(`${this.#name}: expected one start before shutdown, found two.`);
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
    if (address == null || typeof address === 'string') throw new Error(`${this.#name}: not listening.`);
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

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    let ticket: Ticket | undefined;
    const request = {
      ...readTarget(message),
      certifiedSender: () => this.#clientClusters.admit(message.socket),
      receive: async () => {
        const compression = this.#checkBody(message);
        ticket = this.#admission.enter();
        return this.#receive(message, compression, ticket);
      },
    };
    let answer: HttpAnswer;
    try {
      answer = await this.#protocol.answer(request);
    } catch (error: unknown) {
      if (error instanceof SenderGoneError) return;
      answer = this.#protocol.refuse(error, request);
    } finally {
      ticket?.release();
      this.#protocol.observe(performance.now() - startedMs);
    }
    this.#answer(message, response, answer);
  }

  /** Refuses by the headers what no waiting would help. */
  #checkBody(message: IncomingMessage): Compression | undefined {
    const { maxRequestBytes } = this.#settings;
    const compression = compressionOf(message.headers['content-encoding']);
    if (Number(message.headers['content-length'] ?? 0) > maxRequestBytes) {
      throw tooLarge('request body', maxRequestBytes);
    }
    return compression;
  }

  async #receive(
    message: IncomingMessage,
    compression: Compression | undefined,
    ticket: Ticket,
  ): Promise<ReceivedBody> {
    const { maxRequestBytes, maxDecompressedBytes, requestTimeoutMs } = this.#settings;
    const wire = await collectBytes(message, {
      what: 'request body',
      limitBytes: maxRequestBytes,
      timeoutMs: requestTimeoutMs,
      reserve: (bytes) => ticket.reserve(bytes),
    });
    const isSenderGone = (): boolean => message.socket.destroyed;
    return new ReceivedBody(wire, { compression, limitBytes: maxDecompressedBytes, ticket, isSenderGone });
  }

  #answer(message: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
    if (response.destroyed) return;
    // After shutdown a kept connection would only hold the server open.
    const isLast = this.#server === undefined;
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': body.length,
      ...(isLast ? { connection: 'close' } : {}),
    });
    response.end(message.method === 'HEAD' ? undefined : body);
    if (!message.complete) this.#discardRest(message);
  }

  /** Reads on for a while: closing on a sender who still writes would reset the connection and lose the answer. */
  #discardRest(message: IncomingMessage): void {
    const { maxRequestBytes, requestTimeoutMs } = this.#settings;
    let length = 0;
    const timer = setTimeout(() => message.destroy(), Math.min(requestTimeoutMs, 5000));
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxRequestBytes) message.destroy();
    });
    message.on('close', () => clearTimeout(timer));
    message.on('end', () => clearTimeout(timer));
    message.on('error', () => message.destroy());
    message.resume();
  }

  /** What came is not HTTP, or its headers were too long or too slow. */
  #refuseNonHttp(error: Error & { readonly code?: string }, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const { status, headers, body } = this.#protocol.refuse(
      new RefusedError(
        isSlow
          ? { reason: 'timeout', message: 'request: expected whole headers and body in time.', retryAfterMs: 1000 }
          : { reason: 'bad_data', message: shorten(`request: expected HTTP/1.1, found: ${error.message}.`) },
      ),
    );
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(
      `HTTP/1.1 ${status} ${isSlow ? 'Service Unavailable' : 'Bad Request'}\r\n${lines.join('')}` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body.toString()}`,
    );
  }
}

function readTarget(message: IncomingMessage): Omit<HttpRequest, 'certifiedSender' | 'receive'> {
  const target = message.url ?? '';
  const mark = target.indexOf('?');
  return {
    method: message.method ?? '',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: message.headers,
  };
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
