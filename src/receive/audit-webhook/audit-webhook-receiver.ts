/**
 * The API server's audit webhook backend: POST of an audit.k8s.io EventList (or one Event) as JSON.
 *
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#webhook-backend
 * The API server takes any 2xx for success, looks at no body, and tries again on anything else: five times within
 * about 80 s, then the batch is lost. So what can be kept is kept and answered 200, also an item that is no audit event
 * (it is marked and counted); refused is only what is not let in, too large, or comes while the store is full.
 * Falco's k8saudit plugin listens on the same path.
 */
import type { AddressInfo } from 'node:net';
import type { Component, Consumed, LogRecord, RecordBatch, RecordConsumer } from '../../component.ts';
import { boundCluster, type Sender } from '../authorization.ts';
import { type HttpAnswer, HttpListener, type HttpProtocol, type HttpRequest } from '../http-listener.ts';
import { receiveText } from '../receive-text.ts';
import { ReceiverMeter, type ReceiverTelemetry } from '../receiver-meter.ts';
import { RefusedError, refusalOf, shorten } from '../refusal.ts';
import { TokenTable } from '../token-table.ts';
import { refusedAnswer } from './http-status.ts';
import { type AuditWebhookReceiverSettings, DEFAULT_PATH, type WebhookToken } from './settings.ts';

const RECEIVER = 'k8s-audit-webhook';
const NO_ATTRIBUTES = Object.freeze(Object.create(null)) as LogRecord['attributes'];

export class AuditWebhookReceiver implements Component, HttpProtocol {
  readonly name = 'kubernetes audit webhook receiver';
  readonly #settings: AuditWebhookReceiverSettings;
  readonly #path: string;
  readonly #next: RecordConsumer;
  readonly #listener: HttpListener;
  readonly #meter: ReceiverMeter;
  readonly #tokens: TokenTable<WebhookToken>;

  constructor(settings: AuditWebhookReceiverSettings, next: RecordConsumer, telemetry: ReceiverTelemetry) {
    this.#settings = settings;
    this.#path = settings.path ?? DEFAULT_PATH;
    this.#next = next;
    this.#listener = new HttpListener(this.name, settings, this);
    this.#meter = new ReceiverMeter(RECEIVER, telemetry);
    this.#meter.watch(() => this.#listener.load);
    this.#tokens = new TokenTable(settings.tokens ?? []);
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

  refuse(error: unknown): HttpAnswer {
    return refusedAnswer(this.#meter.refuse(error));
  }

  async answer(request: HttpRequest): Promise<HttpAnswer> {
    if (request.path !== this.#path) {
      const message = shorten(`path: expected "${this.#path}", found "${request.path}".`);
      throw new RefusedError({ reason: 'unknown_path', message });
    }
    if (request.method !== 'POST') {
      throw new RefusedError({ reason: 'wrong_method', message: `method: expected POST, found ${request.method}.` });
    }
    const cluster = boundCluster(this.#admit(request.headers.authorization), request.certifiedSender());
    const text = await receiveText(request, this.#meter);
    if (text.trim() === '') {
      throw new RefusedError({ reason: 'bad_data', message: 'body: expected an EventList, found nothing.' });
    }
    await this.#consume(text, cluster);
    return { status: 200, headers: {}, body: '' };
  }

  /** Whoever sends. Throws a refusal for an unknown token. */
  #admit(authorization: string | undefined): Sender {
    const { authorize } = this.#settings;
    if (this.#tokens.size === 0 && authorize === undefined) return {};
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    const known = token === undefined ? undefined : this.#tokens.find(token);
    if (known !== undefined) return known;
    const decision = authorize?.(authorization) ?? 'unauthenticated';
    if (typeof decision === 'object') return decision;
    const message = 'authorization: expected "Bearer" and a known token that may send, found another or none.';
    throw new RefusedError({ reason: decision, message });
  }

  /** The list goes on as one record: its items are cut with their exact text where it is normalised. */
  async #consume(text: string, boundCluster: string | undefined): Promise<void> {
    const record: LogRecord = {
      timeUnixNano: 0n,
      observedTimeUnixNano: 0n,
      severityNumber: 0,
      severityText: '',
      body: text,
      attributes: NO_ATTRIBUTES,
      eventName: '',
    };
    const { cluster, metadata } = this.#settings;
    const batch: RecordBatch = {
      receiver: RECEIVER,
      resourceLogs: [{ resourceAttributes: NO_ATTRIBUTES, logRecords: [record] }],
      ...(cluster === undefined ? {} : { cluster }),
      ...(boundCluster === undefined ? {} : { boundCluster }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    this.#meter.add('received_log_records', 1);
    let consumed: Consumed;
    try {
      consumed = await this.#next.consume(batch);
    } catch (error: unknown) {
      this.#meter.add('refused_log_records', 1, refusalOf(error).reason);
      throw error;
    }
    this.#meter.add('accepted_log_records', consumed.acceptedLogRecords);
    this.#meter.add('rejected_log_records', consumed.rejectedLogRecords);
  }
}
