/**
 * Audit events for the benchmarks: a Metadata-level stream with fresh ids, times, users and addresses, and one event
 * in twenty with a request body of 2 to 8 KB. The same seed gives the same events.
 */
import type { AuditTemplate } from './audit-templates.ts';
import { randomManifest } from './manifests.ts';
import { Random } from './random.ts';

export interface AuditEventSettings {
  readonly seed: number;
  /** Time of the first event, epoch milliseconds, to the microsecond. */
  readonly startMs: number;
  /** Events per second of event time. */
  readonly eventsPerSecond: number;
  readonly templates: readonly AuditTemplate[];
}

export class AuditEventGenerator {
  readonly #templates: readonly AuditTemplate[];
  readonly #random: Random;
  readonly #users: readonly string[];
  readonly #startMicros: number;
  readonly #microsPerEvent: number;
  #freshIds = new Map<string, string>();
  #count = 0;

  constructor(settings: AuditEventSettings) {
    this.#templates = settings.templates;
    this.#random = new Random(settings.seed);
    this.#users = Array.from({ length: 400 }, (_, index) =>
      index % 4 === 0 ? `user-${index}@example.com` : `system:serviceaccount:team-${index % 40}:app-${index}`,
    );
    this.#startMicros = Math.round(settings.startMs * 1000);
    this.#microsPerEvent = 1_000_000 / settings.eventsPerSecond;
  }

  /** The next event as the API server would write it: one line of JSON. */
  next(): string {
    const position = this.#count % this.#templates.length;
    if (position === 0) this.#freshIds = new Map();
    const template = this.#templates[position];
    if (template === undefined) throw new Error('audit templates: expected at least one, found none.');
    const stageMicros = this.#startMicros + Math.floor(this.#count * this.#microsPerEvent);
    this.#count += 1;
    const { latencyMicros, ...event } = template;
    const fresh = {
      user: { ...template.user, username: this.#random.pick(this.#users) },
      sourceIPs: [`10.${this.#random.below(64)}.${this.#random.below(256)}.${this.#random.below(256)}`],
      requestReceivedTimestamp: formatMicros(stageMicros - latencyMicros),
      stageTimestamp: formatMicros(stageMicros),
    };
    if (this.#count % 20 === 0) return this.#withRequestBody(event, fresh);
    return JSON.stringify({ ...event, auditID: this.#freshId(template.auditID), ...fresh });
  }

  /** Events of one request keep sharing an id. */
  #freshId(auditID: string): string {
    const known = this.#freshIds.get(auditID);
    if (known !== undefined) return known;
    const fresh = this.#random.uuid();
    this.#freshIds.set(auditID, fresh);
    return fresh;
  }

  #withRequestBody(event: object, fresh: object): string {
    const { resource, apiGroup, name, namespace, object } = randomManifest(this.#random);
    const root = apiGroup === '' ? '/api/v1' : `/apis/${apiGroup}/v1`;
    return JSON.stringify({
      ...event,
      level: 'Request',
      auditID: this.#random.uuid(),
      stage: 'ResponseComplete',
      requestURI: `${root}/namespaces/${namespace}/${resource}?fieldManager=kubectl-client-side-apply`,
      verb: 'create',
      ...fresh,
      objectRef: { resource, namespace, name, ...(apiGroup === '' ? {} : { apiGroup }), apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 201 },
      requestObject: object,
    });
  }
}

function formatMicros(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const rest = String(micros - milliseconds * 1000).padStart(3, '0');
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}
