/** The members of an audit event that become columns, as the scanner meets them: by the bytes of their names. */

/** How a member is read, and where its text is put among `placedTexts`. */
export type Reading =
  | { readonly as: 'text'; readonly slot: number }
  | { readonly as: 'texts'; readonly slot: number }
  | { readonly as: 'annotations'; readonly slot: number }
  | { readonly as: 'object'; readonly members: Members }
  | { readonly as: 'kind' | 'apiVersion' | 'received' | 'staged' | 'code' | 'request' };

export interface Member {
  readonly name: Uint8Array;
  /** One bit of its own among the members of its object. */
  readonly bit: number;
  readonly reading: Reading;
}

/** Members by name. */
export class Members {
  /** By length and first byte, which tell the names of an object apart but for a few. */
  readonly #candidates: (readonly Member[] | undefined)[] = new Array(PLACES).fill(undefined);

  constructor(readings: Readonly<Record<string, Reading>>) {
    for (const [at, [name, reading]] of Object.entries(readings).entries()) {
      const member = { name: Buffer.from(name), bit: 1 << at, reading };
      const place = placeOf(member.name.length, member.name[0] ?? 0);
      this.#candidates[place] = [...(this.#candidates[place] ?? []), member];
    }
  }

  /** The member whose name stands there; undefined for any other name. */
  find(bytes: Uint8Array, start: number, length: number): Member | undefined {
    const candidates = this.#candidates[placeOf(length, bytes[start] ?? 0)];
    if (candidates === undefined) return undefined;
    for (const candidate of candidates) if (isAt(candidate.name, bytes, start, length)) return candidate;
    return undefined;
  }
}

const PLACES = 1024;

function placeOf(length: number, first: number): number {
  return ((length << 5) | (first & 31)) & (PLACES - 1);
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[start + at] !== name[at]) return false;
  return true;
}
