/**
 * OTLP logs over gRPC: the unary method opentelemetry.proto.collector.logs.v1.LogsService/Export.
 *
 * Speaks gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md) on node:http2 itself. @grpc/grpc-js
 * buffers and decompresses a message before any code of ours runs, so that its bytes cannot be bounded together with
 * those of other calls, and its own refusals reach no counter. It also costs more: 3.6 against 2.0 microseconds of
 * processor time per record (gzipped batches of 8,192, decoding included).
 * Not here: streaming calls, reflection, the health service, enforcing the caller's deadline (it cancels by itself).
 */
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Component, Logger, RecordConsumer } from '../../component.ts';
import { Admission } from '../admission.ts';
import { boundCluster, checkAuthorization, type Sender } from '../authorization.ts';
import { BadDataError } from '../bad-data-error.ts';
import { ClientClusters } from '../client-clusters.ts';
import { SenderGoneError } from '../collect-bytes.ts';
import { listen, readTlsOptions } from '../listen.ts';
import { ReceivedBody } from '../received-body.ts';
import { ReceiverMeter, type ReceiverTelemetry } from '../receiver-meter.ts';
import { RefusedError, shorten } from '../refusal.ts';
import { encodeResponse } from './encode-answer.ts';
import { messageCompression, readMessage, sendHttpRefusal, sendRefusal, sendResponse } from './grpc-call.ts';
import { GrpcSessions } from './grpc-sessions.ts';
import { LogsIntake } from './logs-intake.ts';
import { type OtlpGrpcReceiverSettings, type ResolvedSettings, resolveSettings } from './settings.ts';

const RECEIVER = 'otlp/grpc';
const PATH = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

/** Flow control: how far a sender may run ahead of us. HTTP/2's own 64 KiB costs a round trip per 64 KiB. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 8 * 1024 * 1024;

export class OtlpGrpcReceiver implements Component {
  readonly name = 'otlp receiver (grpc)';
  readonly #settings: ResolvedSettings;
  readonly #logger: Logger;
  readonly #meter: ReceiverMeter;
  readonly #intake: LogsIntake;
  readonly #admission: Admission;
  readonly #sessions: GrpcSessions;
  readonly #clientClusters: ClientClusters;
  #server: Http2Server | Http2SecureServer | undefined;
  #stopping: Promise<void> | undefined;

  constructor(settings: OtlpGrpcReceiverSettings, next: RecordConsumer, telemetry: ReceiverTelemetry) {
    this.#settings = resolveSettings(settings);
    this.#logger = telemetry.logger;
    this.#meter = new ReceiverMeter(RECEIVER, telemetry);
    this.#intake = new LogsIntake(RECEIVER, this.#settings, next, this.#meter);
    this.#admission = new Admission(this.#settings, () => performance.now());
    this.#sessions = new GrpcSessions(this.#settings, Math.random);
    this.#clientClusters = new ClientClusters(settings.tls?.clientClusters ?? []);
    this.#meter.watch(() => this.#admission);
    this.#meter.watchConnections(() => this.#sessions.size);
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) throw new Error(`${this.name}: expected one start before shutdown, found two.`);
    const { tls, maxConcurrentRequests, maxConnections } = this.#settings;
    const options = {
      // Calls beyond the bound should reach us and be told so, not wait unseen at the client.
      settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: maxConcurrentRequests * 2 },
      maxSessionMemory: 64,
    };
    const server =
      tls === undefined ? createServer(options) : createSecureServer({ ...options, ...readTlsOptions(tls) });
    server.maxConnections = maxConnections;
    server.on('session', (session: ServerHttp2Session) => this.#addSession(session));
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void this.#serve(stream, headers));
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

  /** Accepts nothing new, sends GOAWAY, lets calls in hand finish for `shutdownTimeoutMs`, then cuts them off. */
  shutdown(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#admission.close();
    const timer = setTimeout(() => this.#sessions.destroy(), this.#settings.shutdownTimeoutMs);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      this.#sessions.close();
    });
    clearTimeout(timer);
  }

  #addSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    let speaksHttp2 = false;
    session.once('remoteSettings', () => {
      speaksHttp2 = true;
    });
    session.on('error', (error: Error & { readonly code?: string }) => {
      // A client that ended; nobody was refused. Go's clients, the Collector among them, take leave with a GOAWAY that
      // names a stream of their own, or 2^31 - 1, and nghttp2 calls both a protocol error. Broken calls hear of it themselves.
      if (speaksHttp2 || error.code === 'ECONNRESET') {
        this.#logger.debug({ receiver: RECEIVER, error: shorten(error.message) }, 'connection ended with an error');
        return;
      }
      // What a port scanner or a plain HTTP/1 client leaves behind.
      this.#meter.refuse(new BadDataError('connection', shorten(`expected HTTP/2, found: ${error.message}.`)));
    });
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const startedMs = performance.now();
    stream.on('error', () => stream.destroy()); // The connection is gone; whoever reads the stream hears its close.
    try {
      await this.#export(stream, headers);
    } catch (error: unknown) {
      if (!(error instanceof SenderGoneError)) this.#refuse(stream, error);
    } finally {
      this.#meter.observe(performance.now() - startedMs);
    }
  }

  async #export(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    checkTarget(headers);
    const sender = checkAuthorization(this.#settings.authorize, headers.authorization);
    const cluster = boundCluster(sender, this.#certifiedSender(stream));
    const compression = messageCompression(headers);
    const ticket = this.#admission.enter();
    try {
      const { maxRequestBytes, maxDecompressedBytes, requestTimeoutMs } = this.#settings;
      const message = await readMessage(stream, {
        maxMessageBytes: maxRequestBytes,
        timeoutMs: requestTimeoutMs,
        reserve: (bytes) => ticket.reserve(bytes),
      });
      if (message.isCompressed && compression === undefined) {
        throw new BadDataError('message', 'expected grpc-encoding with a compressed message, found none.');
      }
      const body = new ReceivedBody(message.bytes, {
        compression: message.isCompressed ? compression : undefined,
        limitBytes: maxDecompressedBytes,
        ticket,
        isSenderGone: () => stream.destroyed,
      });
      const result = await this.#intake.take(body, 'protobuf', cluster);
      sendResponse(stream, encodeResponse(result, 'protobuf'));
    } finally {
      ticket.release();
    }
  }

  #certifiedSender(stream: ServerHttp2Stream): Sender {
    const socket = stream.session?.socket;
    if (socket === undefined) throw new SenderGoneError('the sender went away before its call was looked at.');
    return this.#clientClusters.admit(socket);
  }

  #refuse(stream: ServerHttp2Stream, error: unknown): void {
    const refusal = this.#meter.refuse(error);
    const discardBytes = this.#settings.maxRequestBytes;
    if (refusal.reason === 'wrong_method') sendHttpRefusal(stream, 405, discardBytes);
    else if (refusal.reason === 'unsupported_content_type') sendHttpRefusal(stream, 415, discardBytes);
    else sendRefusal(stream, refusal, discardBytes);
  }
}

function checkTarget(headers: IncomingHttpHeaders): void {
  const method = headers[':method'];
  if (method !== 'POST') {
    throw new RefusedError({ reason: 'wrong_method', message: `method: expected POST, found ${method}.` });
  }
  const type = headers['content-type'] ?? 'none';
  if (!/^application\/grpc(\+proto)?(;|$)/i.test(type)) {
    const message = shorten(`content-type: expected application/grpc, found "${type}".`);
    throw new RefusedError({ reason: 'unsupported_content_type', message });
  }
  const path = headers[':path'] ?? '';
  if (path !== PATH) {
    throw new RefusedError({
      reason: 'unknown_path',
      message: shorten(`method: expected "${PATH}", found "${path}".`),
    });
  }
}
