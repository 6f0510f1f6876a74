/** `GET /api/v1/doctor`. */
import type { Request, RequestHandler, Response } from 'express';
import type { HuntDependencies } from './settings.ts';

/** An examination reads much: whoever asks while one is under way gets its answer. */
export function doctorRoute(examine: HuntDependencies['examine']): RequestHandler {
  let underWay: Shared | undefined;
  return async (_request: Request, response: Response): Promise<void> => {
    underWay ??= new Shared(examine, (over) => {
      if (underWay === over) underWay = undefined;
    });
    const shared = underWay;
    shared.join();
    response.once('close', () => shared.leave());
    const report = await shared.report;
    if (response.destroyed) return;
    response.setHeader('cache-control', 'no-store');
    response.json(report);
  };
}

/** One examination for everybody who waits for it; given up when nobody does any more. */
class Shared {
  readonly report: Promise<object>;
  readonly #stop = new AbortController();
  readonly #onOver: (shared: Shared) => void;
  #waiting = 0;

  constructor(examine: HuntDependencies['examine'], onOver: (shared: Shared) => void) {
    this.#onOver = onOver;
    this.report = examine(this.#stop.signal).finally(() => onOver(this));
  }

  join(): void {
    this.#waiting += 1;
  }

  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#onOver(this);
    this.#stop.abort(new Error('doctor: expected a reader, found that it has gone.'));
  }
}
