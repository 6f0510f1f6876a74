/**
 * Identities: 128 bits (the first half of SHA-256) that two copies of one event share.
 *
 * SHA-256 and not a faster hash without collision resistance, because parts of an audit event are the
 * client's to choose, and a collision would let one request hide another.
 * Every part is framed by its length, so no two different lists of parts give the same input.
 */
import { createHash, hash } from 'node:crypto';
import { type PlacedTexts, slotOf } from '../component.ts';

/** Identity of an audit event; `text` is its text, or its key-sorted JSON where it came as a map. */
export function auditIdentity(
  cluster: string | null,
  auditID: string | null,
  stage: string | null,
  text: string,
): string {
  return identity(`audit ${frame(cluster)}${frame(auditID)}${frame(stage)}${text}`);
}

/** Bytes of an event; larger ones are hashed where they are. */
const MOST_COPIED = 65_536;

/** Writes what identities of scanned events are taken over; what several share stays. */
class FramedEvent {
  #bytes = Buffer.alloc(MOST_COPIED * 2 + 1024);
  #cluster: string | null = null;
  #headEnd = this.#bytes.write(headOf(null));

  /** The identity of an event from its bytes. */
  identity(cluster: string | null, placed: PlacedTexts): string {
    const { bytes } = placed;
    if (bytes.length > MOST_COPIED) return identityOfPieces(cluster, placed);
    if (cluster !== this.#cluster) this.#begin(cluster);
    let end = this.#frame(placed, placed.placesAt + slotOf.auditID, this.#headEnd);
    end = this.#frame(placed, placed.placesAt + slotOf.stage, end);
    end += bytes.copy(this.#bytes, end);
    return hash('sha256', this.#bytes.subarray(0, end), 'hex').slice(0, 32);
  }

  #begin(cluster: string | null): void {
    const head = headOf(cluster);
    // auditID and stage are parts of the event, and stand in front of it once more.
    const most = head.length * 3 + MOST_COPIED * 2 + 64;
    if (this.#bytes.length < most) this.#bytes = Buffer.alloc(most);
    this.#cluster = cluster;
    this.#headEnd = this.#bytes.write(head);
  }

  #frame({ bytes, places }: PlacedTexts, at: number, from: number): number {
    const start = places[at] ?? 0;
    const length = places[at + 1] ?? -1;
    const sizeEnd = from + this.#bytes.write(length < 0 ? '-' : `${length}:`, from, 'latin1');
    return length > 0 ? sizeEnd + bytes.copy(this.#bytes, sizeEnd, start, start + length) : sizeEnd;
  }
}

function identityOfPieces(cluster: string | null, placed: PlacedTexts): string {
  const { bytes, places, placesAt } = placed;
  const sum = createHash('sha256').update(headOf(cluster));
  for (const slot of [slotOf.auditID, slotOf.stage]) {
    const start = places[placesAt + slot] ?? 0;
    const length = places[placesAt + slot + 1] ?? -1;
    sum.update(length < 0 ? '-' : `${length}:`);
    if (length > 0) sum.update(bytes.subarray(start, start + length));
  }
  return sum.update(bytes).digest('hex').slice(0, 32);
}

function headOf(cluster: string | null): string {
  return `audit ${frame(cluster)}`;
}

const framed = new FramedEvent();

/** The identity that `auditIdentity` gives, of an event whose texts are bytes; auditID and stage must be ASCII. */
export function scannedIdentity(cluster: string | null, placed: PlacedTexts): string {
  return framed.identity(cluster, placed);
}

/** Identity of a log record over its framed parts; `ordinal` counts identical records of one batch from 0. */
export function logIdentity(parts: readonly (string | null)[], ordinals: Map<string, number>): string {
  const first = identity(`log ${parts.map(frame).join('')}`);
  const ordinal = ordinals.get(first) ?? 0;
  ordinals.set(first, ordinal + 1);
  return ordinal === 0 ? first : identity(`copy ${ordinal} of ${first}`);
}

function frame(part: string | null): string {
  return part === null ? '-' : `${part.length}:${part}`;
}

function identity(input: string): string {
  return hash('sha256', input, 'hex').slice(0, 32);
}
