/** `GET /api/v1/dead-letters` and `POST /api/v1/dead-letters/retry?exporter=<name>`. */
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { PermanentError } from '../component.ts';

/** An event that was refused for good or waited too long. Times are ISO 8601. */
export interface DeadLetter {
  readonly exporter: string;
  readonly eventId: string;
  readonly enqueuedAt: string;
  readonly attempts: number;
  /** What the other side said last; null where nothing is known. */
  readonly reason: string | null;
  /** The event as it would have left. */
  readonly event: object;
}

export interface DeadLetters {
  /** The oldest first; undefined is every exporter. */
  list(exporter: string | undefined, limit: number): Promise<readonly DeadLetter[]>;
  /** Puts an exporter's dead letters back in line. Resolves to how many; rejects with PermanentError for an unknown name. */
  retry(exporter: string): Promise<number>;
}

const maxLimit = 10_000;

const listParameters = z.strictObject({
  exporter: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(maxLimit).default(100),
});

const retryParameters = z.strictObject({ exporter: z.string().min(1).max(200) });

/** Answers `{"items": […], "complete": true}`, as listings do. */
export function listDeadLetters({ list }: DeadLetters): RequestHandler {
  return async (request: Request, response: Response): Promise<void> => {
    const { exporter, limit } = parse(listParameters, request, `exporter and limit (1 to ${maxLimit})`);
    const items = await list(exporter, limit + 1);
    response.setHeader('cache-control', 'no-store');
    response.json({ items: items.slice(0, limit), complete: items.length <= limit });
  };
}

/** Answers `{"retried": 3}`. */
export function retryDeadLetters({ retry }: DeadLetters): RequestHandler {
  return async (request: Request, response: Response): Promise<void> => {
    const { exporter } = parse(retryParameters, request, 'exporter');
    response.json({ retried: await retry(exporter) });
  };
}

function parse<T>(schema: z.ZodType<T>, request: Request, expected: string): T {
  const result = schema.safeParse(request.query);
  if (result.success) return result.data;
  throw new PermanentError(`query string: expected ${expected}, found ${JSON.stringify(request.query)}.`);
}
