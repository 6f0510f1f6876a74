/** An audit row whose texts stay bytes until somebody asks for one. */
import {
  type AuditRow,
  type AuditUser,
  type ObjectReference,
  type PlacedTexts,
  type placedLists,
  type placedTexts,
  type ResponseStatus,
  slotOf,
} from '../../component.ts';
import { clusterOfLogGroup } from '../envelopes/eks.ts';
import { scannedIdentity } from '../identity.ts';
import { readObjectKeys } from '../object-keys.ts';
import type { RecordDescription } from '../record-context.ts';
import type { ScannedEvent } from './event-scanner.ts';

type TextName = (typeof placedTexts)[number];
type ListName = (typeof placedLists)[number];

/** The row of an event that was scanned. */
export class ScannedRow implements AuditRow {
  readonly timeMicros: number;
  readonly hasOwnTime = true;
  readonly cluster: string | null;
  readonly identity: string;
  readonly requestReceivedMicros: number | null;
  readonly stageMicros: number | null;
  readonly hasObjects: boolean;
  readonly objectKeys: string | null;
  readonly cloud: 'eks' | null;
  readonly event = null;
  readonly placed: PlacedTexts;
  readonly #description: RecordDescription;

  constructor(scanned: ScannedEvent, description: RecordDescription) {
    const { placed, stageMicros, requestReceivedMicros } = scanned;
    this.#description = description;
    this.placed = placed;
    this.stageMicros = stageMicros;
    this.requestReceivedMicros = requestReceivedMicros;
    this.timeMicros = stageMicros ?? requestReceivedMicros ?? Number.NaN;
    const ofLogGroup = clusterOfLogGroup(description.logGroup);
    this.cloud = ofLogGroup === null ? null : 'eks';
    this.cluster = description.cluster ?? ofLogGroup ?? description.configuredCluster;
    this.identity = scannedIdentity(this.cluster, placed);
    this.hasObjects = scanned.hasObjects;
    this.objectKeys = scanned.hasObjects ? readObjectKeys(this._raw) : null;
  }

  get index(): string | null {
    return this.#description.index;
  }

  get source(): string | null {
    return this.#description.source;
  }

  get sourcetype(): string | null {
    return this.#description.sourcetype;
  }

  get host(): string | null {
    return this.#description.host;
  }

  get resource(): string | null {
    return this.#description.resource;
  }

  get attributes(): string | null {
    return this.#description.attributes;
  }

  get _raw(): string {
    return this.placed.bytes.toString('latin1');
  }

  get auditID(): string | null {
    return this.#text('auditID');
  }

  get stage(): string | null {
    return this.#text('stage');
  }

  get level(): string | null {
    return this.#text('level');
  }

  get verb(): string | null {
    return this.#text('verb');
  }

  get requestURI(): string | null {
    return this.#text('requestURI');
  }

  get userAgent(): string | null {
    return this.#text('userAgent');
  }

  get user(): AuditUser | null {
    return this.#user('user');
  }

  get impersonatedUser(): AuditUser | null {
    return this.#user('impersonatedUser');
  }

  get sourceIPs(): readonly string[] | null {
    return this.#list('sourceIPs');
  }

  get objectRef(): ObjectReference | null {
    const part = (name: keyof ObjectReference): string | null => this.#text(`objectRef.${name}`);
    return ifAny({
      resource: part('resource'),
      namespace: part('namespace'),
      name: part('name'),
      uid: part('uid'),
      apiGroup: part('apiGroup'),
      apiVersion: part('apiVersion'),
      resourceVersion: part('resourceVersion'),
      subresource: part('subresource'),
    });
  }

  get responseStatus(): ResponseStatus | null {
    return ifAny({
      status: this.#text('responseStatus.status'),
      message: this.#text('responseStatus.message'),
      reason: this.#text('responseStatus.reason'),
      code: this.placed.code,
    });
  }

  get annotations(): Readonly<Record<string, string>> | null {
    const texts = this.#list('annotations', 2);
    if (texts === null) return null;
    const annotations: Record<string, string> = {};
    for (let at = 0; at < texts.length; at += 2) annotations[texts[at] ?? ''] = texts[at + 1] ?? '';
    return annotations;
  }

  #user(name: 'user' | 'impersonatedUser'): AuditUser | null {
    return ifAny({
      username: this.#text(`${name}.username`),
      uid: this.#text(`${name}.uid`),
      groups: this.#list(`${name}.groups`),
    });
  }

  #text(name: TextName): string | null {
    return this.#decode(this.placed.placesAt + slotOf[name]);
  }

  #list(name: ListName, each = 1): readonly string[] | null {
    const { places, placesAt } = this.placed;
    const slot = placesAt + slotOf[name];
    const count = places[slot + 1] ?? -1;
    if (count < 0) return null;
    const first = placesAt + (places[slot] ?? 0);
    return Array.from({ length: count * each }, (_item, at) => this.#decode(first + at * 2) ?? '');
  }

  #decode(at: number): string | null {
    const { bytes, unescaped, places } = this.placed;
    const start = places[at] ?? 0;
    const length = places[at + 1] ?? -1;
    if (length < 0) return null;
    return start >= 0
      ? bytes.toString('latin1', start, start + length)
      : unescaped.toString('utf8', ~start, ~start + length);
  }
}

function ifAny<T extends object>(parts: T): T | null {
  return Object.values(parts).every((part) => part === null) ? null : parts;
}
