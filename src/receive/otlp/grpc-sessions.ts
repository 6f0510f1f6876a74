/** The connections of a gRPC server: their age, whether they still live, their end. */
import type { ServerHttp2Session } from 'node:http2';

export interface SessionSettings {
  readonly maxConnectionAgeMs: number;
  readonly maxConnectionAgeGraceMs: number;
  readonly keepaliveTimeMs: number;
  readonly keepaliveTimeoutMs: number;
}

export class GrpcSessions {
  readonly #settings: SessionSettings;
  readonly #random: () => number;
  readonly #sessions = new Set<ServerHttp2Session>();

  /** `random` gives 0 <= n < 1; it spreads the ages, so that clients do not all reconnect at once. */
  constructor(settings: SessionSettings, random: () => number) {
    this.#settings = settings;
    this.#random = random;
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    const timers: NodeJS.Timeout[] = [this.#limitAge(session), this.#keepAlive(session)];
    session.on('close', () => {
      this.#sessions.delete(session);
      for (const timer of timers) clearTimeout(timer);
    });
  }

  /** Asks every client to go (GOAWAY); calls in hand still finish. */
  close(): void {
    for (const session of this.#sessions) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #limitAge(session: ServerHttp2Session): NodeJS.Timeout {
    const { maxConnectionAgeMs, maxConnectionAgeGraceMs } = this.#settings;
    return setTimeout(
      () => {
        if (session.closed || session.destroyed) return;
        session.close();
        const grace = setTimeout(() => session.destroy(), maxConnectionAgeGraceMs);
        session.on('close', () => clearTimeout(grace));
      },
      maxConnectionAgeMs * (0.9 + 0.2 * this.#random()),
    );
  }

  #keepAlive(session: ServerHttp2Session): NodeJS.Timeout {
    const { keepaliveTimeMs, keepaliveTimeoutMs } = this.#settings;
    return setInterval(() => {
      if (session.closed || session.destroyed) return;
      const dead = setTimeout(() => session.destroy(), keepaliveTimeoutMs);
      session.ping(() => clearTimeout(dead));
    }, keepaliveTimeMs);
  }
}
