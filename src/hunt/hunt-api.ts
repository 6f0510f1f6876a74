/**
 * The HTTP API for people and tools:
 *
 *   GET  /healthz /readyz /metrics        probes and metrics
 *   POST /api/v1/query                    one SQL or SPL query
 *   GET  /api/v1/detections /runs /findings /risk-events
 *   GET  /api/v1/doctor                   what is wrong, and what to do
 *   GET  /api/v1/dead-letters             what could not be delivered (scope admin)
 *   POST /api/v1/dead-letters/retry       … and another try
 *   GET  /api/v1/openapi.json  /          what there is
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Component } from '../component.ts';
import { refuseRebinding, requireScope } from './access.ts';
import { listDeadLetters, retryDeadLetters } from './dead-letter-routes.ts';
import { doctorRoute } from './doctor-route.ts';
import { createListener, listen } from './listener.ts';
import { listingRoute } from './listing-route.ts';
import { openApiDocument } from './openapi.ts';
import { type Problem, ProblemError, problemOf } from './problem.ts';
import { QueryRoute } from './query-route.ts';
import { type HuntDependencies, type HuntSettings, listingNames } from './settings.ts';

export class HuntApi implements Component {
  readonly name = 'hunt api';
  readonly #settings: HuntSettings;
  readonly #dependencies: HuntDependencies;
  readonly #queries: QueryRoute;
  #server: Server | undefined;
  #stopping: Promise<void> | undefined;

  constructor(settings: HuntSettings, dependencies: HuntDependencies) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#queries = new QueryRoute(settings, dependencies);
  }

  /** Where it listens; undefined before `start` and after `shutdown`. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    return address ? { host: address.address, port: address.port } : undefined;
  }

  async start(): Promise<void> {
    const server = await createListener(this.#settings, this.#createApp());
    await listen(server, this.#settings.endpoint);
    server.on('error', (error) => this.#dependencies.logger.error({ error }, 'hunt api: listener failed'));
    this.#server = server;
    this.#stopping = undefined;
  }

  shutdown(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    await this.#queries.drain(this.#settings.shutdownTimeoutMs);
    server.closeAllConnections();
    await closed;
    this.#server = undefined;
  }

  #createApp(): Express {
    const app = express();
    app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
    app.use(securityHeaders, refuseRebinding(this.#settings, this.#dependencies.authorize));

    app.get('/healthz', (_request, response) => {
      response.json({ status: 'ok' });
    });
    app.get('/readyz', (_request, response) => {
      const waitingFor = this.#dependencies.waitingFor();
      response.status(waitingFor.length === 0 ? 200 : 503);
      response.json(waitingFor.length === 0 ? { status: 'ready' } : { status: 'starting', waitingFor });
    });

    const hunter = requireScope(this.#dependencies.authorize, 'hunt');
    app.get('/metrics', hunter, async (_request, response) => {
      const { contentType, text } = await this.#dependencies.renderMetrics();
      response.setHeader('content-type', contentType);
      response.send(text);
    });
    app.get('/', hunter, (_request, response) => {
      response.json({ name: 'pintail', openapi: '/api/v1/openapi.json', paths: Object.keys(openApiDocument.paths) });
    });
    app.get('/api/v1/openapi.json', hunter, (_request, response) => {
      response.json(openApiDocument);
    });
    const body = express.json({ limit: this.#settings.maxRequestBytes, strict: true });
    app.post('/api/v1/query', hunter, body, this.#queries.handle);
    for (const name of listingNames) {
      app.get(`/api/v1/${name}`, hunter, listingRoute(this.#dependencies.listings[name], this.#dependencies));
    }
    app.get('/api/v1/doctor', hunter, doctorRoute(this.#dependencies.examine));
    const administrator = requireScope(this.#dependencies.authorize, 'admin');
    app.get('/api/v1/dead-letters', administrator, listDeadLetters(this.#dependencies.deadLetters));
    app.post('/api/v1/dead-letters/retry', administrator, retryDeadLetters(this.#dependencies.deadLetters));
    app.use(refuseUnknown, this.#sendProblem);
    return app;
  }

  readonly #sendProblem: ErrorRequestHandler = (error: unknown, request, response, _next) => {
    // Nobody is there to be told, and whatever failed may have failed for that.
    if (response.destroyed) return;
    const problem = problemOf(error);
    if (problem.status === 500) {
      this.#dependencies.logger.error({ error, path: request.path }, 'hunt api: request failed');
    }
    this.#dependencies.metrics.add('pintail_hunt_problems_total', 1, { status: String(problem.status) });
    if (response.headersSent) response.destroy();
    else sendProblem(response, problem);
  };
}

function sendProblem(response: Parameters<ErrorRequestHandler>[2], problem: Problem): void {
  const { retryAfterSeconds, ...body } = problem;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  response.status(problem.status).setHeader('content-type', 'application/problem+json');
  response.end(`${JSON.stringify({ type: 'about:blank', ...body })}\n`);
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('referrer-policy', 'no-referrer');
  next();
};

/** What no route took: a known path with another method, or an unknown path. */
const refuseUnknown: RequestHandler = (request, response) => {
  const known = (openApiDocument.paths as Readonly<Record<string, object>>)[request.path];
  if (known === undefined) {
    const detail = `path: expected one of ${Object.keys(openApiDocument.paths).join(', ')}, found "${request.path}".`;
    throw new ProblemError({ status: 404, title: 'No such path', detail });
  }
  const methods = Object.keys(known).map((method) => method.toUpperCase());
  response.setHeader('allow', methods.join(', '));
  const detail = `method: expected ${methods.join(' or ')}, found ${request.method}.`;
  throw new ProblemError({ status: 405, title: 'No such method here', detail });
};
