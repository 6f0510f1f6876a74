/**
 * OTLP logs over HTTP/1.1: POST /v1/logs, protobuf or JSON by Content-Type, plain, gzip, zstd or deflate.
 *
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/docs/specification.md#otlphttp
 * Not here: HTTP/2 (the Collector speaks HTTP/1.1 wherever the server offers nothing else), CORS (no browser sends
 * audit logs).
 */
import type { AddressInfo } from 'node:net';
import type { Component, RecordConsumer } from '../../component.ts';
import { type Authorization, boundCluster, checkAuthorization } from '../authorization.ts';
import { type HttpAnswer, HttpListener, type HttpProtocol, type HttpRequest } from '../http-listener.ts';
import { ReceiverMeter, type ReceiverTelemetry } from '../receiver-meter.ts';
import { RefusedError, shorten } from '../refusal.ts';
import { type Encoding, type ExportResult, encodeResponse } from './encode-answer.ts';
import { contentType, httpAnswer } from './http-status.ts';
import { LogsIntake } from './logs-intake.ts';
import { type OtlpReceiverSettings, resolveSettings } from './settings.ts';

const RECEIVER = 'otlp/http';
const PATH = '/v1/logs';

export class OtlpHttpReceiver implements Component, HttpProtocol {
  readonly name = 'otlp receiver (http)';
  readonly #authorize: ((header: string | undefined) => Authorization) | undefined;
  readonly #listener: HttpListener;
  readonly #meter: ReceiverMeter;
  readonly #intake: LogsIntake;

  constructor(settings: OtlpReceiverSettings, next: RecordConsumer, telemetry: ReceiverTelemetry) {
    const resolved = resolveSettings(settings);
    this.#authorize = resolved.authorize;
    this.#listener = new HttpListener(this.name, resolved, this);
    this.#meter = new ReceiverMeter(RECEIVER, telemetry);
    this.#meter.watch(() => this.#listener.load);
    this.#meter.watchConnections(() => this.#listener.connections);
    this.#intake = new LogsIntake(RECEIVER, resolved, next, this.#meter);
  }

  start(): Promise<void> {
    return this.#listener.start();
  }

  shutdown(): Promise<void> {
    return this.#listener.shutdown();
  }

  /** The bound address. Throws before `start`. */
  address(): AddressInfo {
    return this.#listener.address();
  }

  observe(durationMs: number): void {
    this.#meter.observe(durationMs);
  }

  /** In the encoding of the request; in JSON where that is unknown. */
  refuse(error: unknown, request?: HttpRequest): HttpAnswer {
    return httpAnswer(this.#meter.refuse(error), encodingOf(request?.headers['content-type']) ?? 'json');
  }

  async answer(request: HttpRequest): Promise<HttpAnswer> {
    checkTarget(request);
    const sender = checkAuthorization(this.#authorize, request.headers.authorization);
    const cluster = boundCluster(sender, request.certifiedSender());
    const type = request.headers['content-type'];
    const encoding = encodingOf(type);
    if (encoding === undefined) {
      throw new RefusedError({
        reason: 'unsupported_content_type',
        message: shorten(
          `content-type: expected application/x-protobuf or application/json, found "${type ?? 'none'}".`,
        ),
      });
    }
    return success(await this.#intake.take(await request.receive(), encoding, cluster), encoding);
  }
}

function checkTarget({ path, method }: HttpRequest): void {
  if (path !== PATH) {
    throw new RefusedError({ reason: 'unknown_path', message: shorten(`path: expected "${PATH}", found "${path}".`) });
  }
  if (method !== 'POST') {
    throw new RefusedError({ reason: 'wrong_method', message: `method: expected POST, found ${method}.` });
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

function success(result: ExportResult, encoding: Encoding): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': contentType(encoding) },
    body: encodeResponse(result, encoding),
  };
}
