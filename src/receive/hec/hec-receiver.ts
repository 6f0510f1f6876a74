/**
 * Splunk's HTTP Event Collector: events, raw lines, health and acknowledgement, with Splunk's own replies; and, on a path of its own,
 * what Amazon Data Firehose delivers to an HTTP endpoint.
 *
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector
 * A reply of code 0 comes once the events are durable, which is more than Splunk promises with it; an ackId is
 * therefore true at once. Not here: metrics (objects without `event` are passed over and counted), the endpoint
 * `mint`, line breaking by sourcetype.
 */
import type { AddressInfo } from 'node:net';
import {
  type Component,
  type Consumed,
  type RecordBatch,
  type RecordConsumer,
  type ResourceLogs,
  RetryableError,
  type SplunkMetadata,
} from '../../component.ts';
import { boundCluster } from '../authorization.ts';
import { BadDataError } from '../bad-data-error.ts';
import { type HttpAnswer, HttpListener, type HttpProtocol, type HttpRequest } from '../http-listener.ts';
import { receiveText, textOf } from '../receive-text.ts';
import { ReceiverMeter, type ReceiverTelemetry } from '../receiver-meter.ts';
import { RefusedError, refusalOf, shorten } from '../refusal.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { decodeEvents } from './decode-events.ts';
import { decodeFirehose, readCommonAttributes } from './decode-firehose.ts';
import { decodeRaw } from './decode-raw.ts';
import { firehoseRefusal, firehoseReply, isOfFirehose } from './firehose-reply.ts';
import { readAcknowledgementIds } from './read-acknowledgement-ids.ts';
import { HecRefusedError, print, refusedReply, reply, withRetryAfter } from './reply.ts';
import { type HecBounds, type HecReceiverSettings, type HecToken, resolveHecBounds } from './settings.ts';
import { TokenGate } from './token-gate.ts';

const RECEIVER = 'splunk-hec';

type Route = 'event' | 'raw' | 'ack' | 'health';

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['/services/collector', 'event'],
  ['/services/collector/1.0', 'event'],
  ['/services/collector/event', 'event'],
  ['/services/collector/event/1.0', 'event'],
  ['/services/collector/raw', 'raw'],
  ['/services/collector/raw/1.0', 'raw'],
  ['/services/collector/ack', 'ack'],
  ['/services/collector/ack/1.0', 'ack'],
  ['/services/collector/health', 'health'],
  ['/services/collector/health/1.0', 'health'],
]);

const CHANNEL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** After the store refused, health says "queues are full" for this long at most. */
const MAX_UNHEALTHY_MS = 5000;

/** The reply to a request that holds nothing, as Firehose's probe: an answer, and no refusal of anything. */
const NO_DATA = 5;

export class HecReceiver implements Component, HttpProtocol {
  readonly name = 'splunk hec receiver';
  readonly #settings: HecReceiverSettings;
  readonly #bounds: HecBounds;
  readonly #next: RecordConsumer;
  readonly #listener: HttpListener;
  readonly #meter: ReceiverMeter;
  readonly #gate: TokenGate;
  readonly #acknowledgements: Acknowledgements;
  #unhealthyUntilMs = 0;

  constructor(settings: HecReceiverSettings, next: RecordConsumer, telemetry: ReceiverTelemetry) {
    this.#settings = settings;
    this.#bounds = resolveHecBounds(settings);
    this.#next = next;
    this.#listener = new HttpListener(this.name, settings, this);
    this.#meter = new ReceiverMeter(RECEIVER, telemetry);
    this.#meter.watch(() => this.#listener.load);
    this.#gate = new TokenGate(settings.tokens ?? [], settings.authorize);
    this.#acknowledgements = new Acknowledgements(this.#bounds);
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

  refuse(error: unknown, request?: HttpRequest): HttpAnswer {
    const holdsNothing = error instanceof HecRefusedError && error.code === NO_DATA;
    const refusal = holdsNothing ? error.refusal : this.#meter.refuse(error);
    if (request !== undefined && isOfFirehose(request)) return firehoseRefusal(request, refusal, Date.now());
    return refusedReply(error, refusal, !this.#listener.isOpen);
  }

  async answer(request: HttpRequest): Promise<HttpAnswer> {
    if (isOfFirehose(request)) return this.#takeFirehose(request);
    const route = ROUTES.get(request.path.replace(/\/$/, ''));
    if (route === undefined) {
      const message = shorten(`path: expected one below "/services/collector", found "${request.path}".`);
      throw new RefusedError({ reason: 'unknown_path', message });
    }
    const methods = route === 'health' ? ['GET', 'HEAD'] : ['POST'];
    const allow = { allow: [...methods, 'OPTIONS'].join(',') };
    // Docker's log driver asks so whether there is a HEC, before it has shown its token.
    if (request.method === 'OPTIONS') return { status: 200, headers: allow, body: '' };
    if (!methods.includes(request.method)) {
      const message = `method: expected ${methods[0]}, found ${request.method}.`;
      const refused = this.refuse(new RefusedError({ reason: 'wrong_method', message }));
      return { ...refused, headers: { ...refused.headers, ...allow } };
    }
    // Splunk asks for no token here, and does not look at one.
    if (route === 'health') return this.#health();
    const token = this.#gate.admit(request.headers.authorization, request.query);
    if (route === 'ack') return this.#confirm(request, token);
    return this.#take(request, token, route);
  }

  #health(): HttpAnswer {
    if (!this.#listener.isOpen) return withRetryAfter(reply(23), MAX_UNHEALTHY_MS);
    const waitMs = this.#unhealthyUntilMs - performance.now();
    if (waitMs > 0 || this.#listener.isFull) return withRetryAfter(reply(18), Math.max(waitMs, 1000));
    return reply(17);
  }

  async #confirm(request: HttpRequest, token: HecToken): Promise<HttpAnswer> {
    if (token.acknowledges !== true) throw new HecRefusedError(14, 'ack: expected a token with ack, found another.');
    const channel = channelOf(request, token);
    const ids = readAcknowledgementIds(await receiveText(request, this.#meter));
    const acks = ids.map((id) => [id, this.#acknowledgements.confirm(channel ?? '', id)] as const);
    // An id that is asked for twice is answered once, and that answer counts.
    return print(200, { acks: Object.fromEntries(acks.reverse()) });
  }

  async #take(request: HttpRequest, token: HecToken, route: 'event' | 'raw'): Promise<HttpAnswer> {
    const channel = channelOf(request, token);
    const cluster = boundCluster(token, request.certifiedSender());
    const text = await receiveText(request, this.#meter);
    if (text.trim() === '') throw new HecRefusedError(5, 'body: expected events, found none.');
    const metadata = metadataOf(request.query);
    const mayWrite = (index: string | undefined): boolean => this.#mayWrite(token, index);
    const { maxEventsPerRequest } = this.#bounds;
    let problem: HecRefusedError | undefined;
    let decoded: { readonly resourceLogs: readonly ResourceLogs[]; readonly logRecords: number };
    if (route === 'event') {
      const events = decodeEvents(text, { metadata, mayWrite }, this.#bounds);
      this.#meter.add('received_log_records', events.logRecords + events.refused);
      this.#meter.add('rejected_log_records', events.refused);
      this.#meter.add('skipped_metric_objects', events.skipped);
      problem = events.problem;
      decoded = events;
    } else {
      if (!mayWrite(metadata.index)) throw new HecRefusedError(7, 'index: expected one that the token may write to.');
      decoded = decodeRaw(text, metadata, maxEventsPerRequest);
      this.#meter.add('received_log_records', decoded.logRecords);
    }
    if (decoded.logRecords > 0) await this.#consume(token, cluster, decoded);
    // An id for nothing would be a promise about nothing.
    const isKept = decoded.logRecords > 0 || problem === undefined;
    const ackId = channel !== undefined && isKept ? this.#acknowledgements.issue(channel) : undefined;
    if (problem !== undefined) {
      throw new HecRefusedError(problem.code, problem.refusal.message, { ...problem.details, ackId });
    }
    return reply(0, { ackId });
  }

  /** A request whose records are all durable, or none of it is acknowledged. */
  async #takeFirehose(request: HttpRequest): Promise<HttpAnswer> {
    if (request.method !== 'POST') {
      throw new RefusedError({ reason: 'wrong_method', message: `method: expected POST, found ${request.method}.` });
    }
    const token = this.#gate.admitKey(headerOf(request, 'x-amz-firehose-access-key'));
    if (headerOf(request, 'x-amz-firehose-request-id') === undefined) {
      throw new BadDataError('x-amz-firehose-request-id', 'expected the id that the answer repeats, found none.');
    }
    const cluster = boundCluster(token, request.certifiedSender());
    const metadata = metadataOf(request.query);
    if (!this.#mayWrite(token, metadata.index)) {
      throw new HecRefusedError(7, 'index: expected one that the token may write to.');
    }
    const attributes = readCommonAttributes(headerOf(request, 'x-amz-firehose-common-attributes'));
    const body = await request.receive();
    const text = await textOf(body, this.#meter);
    const decoded = await decodeFirehose(
      { text, metadata, attributes },
      (bytes) => body.unpackWithin(bytes, 'gzip'),
      this.#bounds.maxEventsPerRequest,
    );
    this.#meter.add('received_log_records', decoded.logRecords);
    if (decoded.logRecords > 0) await this.#consume(token, cluster, decoded);
    return firehoseReply(request, Date.now());
  }

  #mayWrite(token: HecToken, index: string | undefined): boolean {
    const { indexes = [] } = token;
    const named = index || token.metadata?.index || this.#settings.metadata?.index;
    return indexes.length === 0 || named === undefined || indexes.includes(named);
  }

  async #consume(
    token: HecToken,
    boundCluster: string | undefined,
    decoded: { readonly resourceLogs: readonly ResourceLogs[]; readonly logRecords: number },
  ): Promise<void> {
    const { cluster } = this.#settings;
    const batch: RecordBatch = {
      receiver: RECEIVER,
      resourceLogs: decoded.resourceLogs,
      metadata: { ...this.#settings.metadata, ...token.metadata },
      ...(cluster === undefined ? {} : { cluster }),
      ...(boundCluster === undefined ? {} : { boundCluster }),
    };
    let consumed: Consumed;
    try {
      consumed = await this.#next.consume(batch);
    } catch (error: unknown) {
      this.#meter.add('refused_log_records', decoded.logRecords, refusalOf(error).reason);
      if (error instanceof RetryableError) {
        this.#unhealthyUntilMs = performance.now() + Math.min(error.retryAfterMs, MAX_UNHEALTHY_MS);
      }
      throw error;
    }
    this.#unhealthyUntilMs = 0;
    this.#meter.add('accepted_log_records', consumed.acceptedLogRecords);
    this.#meter.add('rejected_log_records', consumed.rejectedLogRecords);
    if (consumed.rejectedLogRecords > 0) throw new HecRefusedError(6, consumed.errorMessage);
  }
}

/** The channel that acknowledgement goes by; undefined where the token does not ask for it. */
function channelOf(request: HttpRequest, token: HecToken): string | undefined {
  if (token.acknowledges !== true) return undefined;
  const header = request.headers['x-splunk-request-channel'];
  const channel = (typeof header === 'string' && header !== '' ? header : request.query.get('channel')) ?? '';
  if (channel === '') throw new HecRefusedError(10, 'channel: expected X-Splunk-Request-Channel, found none.');
  if (!CHANNEL.test(channel)) throw new HecRefusedError(11, 'channel: expected a GUID, found something else.');
  // Two senders with different tokens may have chosen the same.
  return `${token.sha256} ${channel.toLowerCase()}`;
}

function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function metadataOf(query: URLSearchParams): SplunkMetadata {
  const metadata: { -readonly [Key in keyof SplunkMetadata]: string } = {};
  for (const name of ['host', 'source', 'sourcetype', 'index'] as const) {
    const value = query.get(name);
    if (value !== null && value !== '') metadata[name] = value;
  }
  return metadata;
}
