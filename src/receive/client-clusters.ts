/** The cluster that a client certificate is bound to, told by the names in it. */
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { boundCluster, type Sender } from './authorization.ts';
import { RefusedError, shorten } from './refusal.ts';

/** Certificates by a name in them: the common name, or a subject alternative name such as `URI:spiffe://prod/agent`. */
export interface ClientCluster {
  readonly commonName?: string | undefined;
  readonly san?: string | undefined;
  /** The only cluster that they may write as; undefined: any. */
  readonly cluster?: string | undefined;
}

export class ClientClusters {
  readonly #entries: readonly ClientCluster[];
  /** A connection has one certificate. */
  readonly #senders = new WeakMap<Socket, Sender>();

  /** Empty: whoever the authority knows may write as any cluster. */
  constructor(entries: readonly ClientCluster[]) {
    this.#entries = entries;
  }

  /**
   * Whoever is at the other end. Its certificate was verified with the handshake. Throws a `forbidden` refusal where
   * no entry knows it, or entries of different clusters do.
   */
  admit(socket: Socket): Sender {
    if (this.#entries.length === 0) return {};
    const known = this.#senders.get(socket) ?? this.#identify((socket as TLSSocket).getPeerCertificate());
    this.#senders.set(socket, known);
    return known;
  }

  #identify(certificate: Partial<PeerCertificate>): Sender {
    const commonName = certificate.subject?.CN;
    const alternatives = splitAlternativeNames(certificate.subjectaltname ?? '');
    const matches = this.#entries.filter(
      (entry) =>
        (entry.commonName !== undefined && entry.commonName === commonName) ||
        (entry.san !== undefined && alternatives.includes(entry.san)),
    );
    if (matches.length > 0) return { cluster: boundCluster(...matches) };
    const found = [`common name "${commonName}"`, ...alternatives].join(', ');
    const message = shorten(`certificate: expected a name of tls.client_clusters, found ${found}.`);
    throw new RefusedError({ reason: 'forbidden', message });
  }
}

/** `DNS:a, URI:b` in its parts; a value with a comma or quotation mark in it comes as a JSON string. */
function splitAlternativeNames(text: string): readonly string[] {
  return [...text.matchAll(/([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)].map(([, type = '', value = '']) =>
    value.startsWith('"') ? `${type}:${JSON.parse(value) as string}` : `${type}:${value}`,
  );
}
