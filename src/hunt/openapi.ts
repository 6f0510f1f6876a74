/** The API's description, OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.0. A test holds it to the routes. */

const problem = {
  description: 'What is wrong, with the diagnostics of a query that was refused.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const listingParameters = [
  {
    name: 'limit',
    in: 'query',
    description: 'The most items.',
    schema: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
  },
  {
    name: 'since',
    in: 'query',
    description: 'Only items from this time on: a Splunk relative time, an ISO time or epoch seconds.',
    schema: { type: 'string' },
  },
];

function listing(summary: string) {
  return {
    get: {
      summary,
      parameters: listingParameters,
      responses: {
        200: {
          description: 'Newest first. `complete` is false where the limit left items out.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['items', 'complete'],
                properties: { items: { type: 'array', items: { type: 'object' } }, complete: { type: 'boolean' } },
              },
            },
          },
        },
        default: problem,
      },
    },
  };
}

function probe(summary: string, contentType = 'application/json') {
  return {
    get: { summary, responses: { 200: { description: summary, content: { [contentType]: {} } }, default: problem } },
  };
}

const time = {
  description: 'A Splunk relative time (-70m@m, now, @d), an ISO time or epoch seconds.',
  oneOf: [{ type: 'string' }, { type: 'number' }],
};

const row = { type: 'object', description: 'Fields by name; a missing field is absent, a multivalue is an array.' };

export const openApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Pintail', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
  security: [{}, { bearer: [] }],
  paths: {
    '/': probe('What there is.'),
    '/healthz': probe('200 while the process lives.'),
    '/readyz': probe('200 once every listener accepts, else 503 with what is missing.'),
    '/metrics': probe('Metrics for Prometheus.', 'text/plain'),
    '/api/v1/openapi.json': probe('This document.'),
    '/api/v1/query': {
      post: {
        summary: 'Runs one SQL or SPL query and streams its rows.',
        description:
          'The trailers Pintail-Rows and Pintail-Complete end the answer; Pintail-Complete is false where `limit` left ' +
          'rows out. Where a bound of the service or a failure cuts the rows, the answer breaks off.',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Query' } } },
        },
        responses: {
          200: {
            description: 'Rows in the form that Accept asks for; NDJSON by default.',
            headers: {
              'Pintail-Warnings': {
                description: 'With NDJSON and CSV: warnings about the query, in ASCII, at most 3,000 characters.',
                content: {
                  'application/json': {
                    schema: { type: 'array', items: { $ref: '#/components/schemas/Diagnostic' } },
                  },
                },
              },
              'Pintail-Warnings-Omitted': {
                description: 'How many further warnings had no room.',
                schema: { type: 'integer' },
              },
            },
            content: {
              'application/x-ndjson': { schema: row },
              'application/json': { schema: { $ref: '#/components/schemas/Result' } },
              'text/csv': { schema: { type: 'string' } },
            },
          },
          default: problem,
        },
      },
    },
    '/api/v1/detections': listing('Detections that are loaded, and files that are not.'),
    '/api/v1/runs': listing('The ledger: every window of every detection.'),
    '/api/v1/findings': listing('Result rows of detections.'),
    '/api/v1/risk-events': listing('Risk events as they left.'),
    '/api/v1/dead-letters': {
      get: {
        summary: 'Events that an exporter could not deliver for good, the oldest first. Scope admin.',
        parameters: [
          { name: 'exporter', in: 'query', description: 'Only those of one exporter.', schema: { type: 'string' } },
          listingParameters[0],
        ],
        responses: {
          200: {
            description: '`complete` is false where the limit left items out.',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['items', 'complete'],
                  properties: {
                    items: { type: 'array', items: { $ref: '#/components/schemas/DeadLetter' } },
                    complete: { type: 'boolean' },
                  },
                },
              },
            },
          },
          default: problem,
        },
      },
    },
    '/api/v1/dead-letters/retry': {
      post: {
        summary: "Puts an exporter's dead letters back in line. Scope admin.",
        parameters: [
          { name: 'exporter', in: 'query', required: true, description: 'Its name.', schema: { type: 'string' } },
        ],
        responses: {
          200: {
            description: 'How many.',
            content: {
              'application/json': {
                schema: { type: 'object', required: ['retried'], properties: { retried: { type: 'integer' } } },
              },
            },
          },
          default: problem,
        },
      },
    },
    '/api/v1/doctor': {
      get: {
        summary: 'What is wrong with the service, its sources and its detections, worst first, with what to do.',
        responses: {
          200: {
            description: 'The report; `healthy` is false where it has a problem.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/DoctorReport' } } },
          },
          default: problem,
        },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Query: {
        type: 'object',
        required: ['language', 'query'],
        additionalProperties: false,
        properties: {
          language: { enum: ['sql', 'spl'] },
          query: { type: 'string', description: 'One SELECT statement, or one SPL search.' },
          earliest: { ...time, description: `${time.description} For SQL it applies to detection views only.` },
          latest: time,
          now: time,
          limit: { type: 'integer', minimum: 1, description: 'The most rows; more are left out.' },
          tokens: {
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'Values of the $name$ in SPL, put in as text.',
          },
        },
      },
      Result: {
        type: 'object',
        required: ['columns', 'rows', 'complete'],
        properties: {
          columns: {
            type: 'array',
            items: { type: 'object', properties: { name: { type: 'string' }, type: { type: 'string' } } },
          },
          warnings: {
            type: 'array',
            description: 'What in the query may not mean what its author thinks; absent where there is nothing.',
            items: { $ref: '#/components/schemas/Diagnostic' },
          },
          rows: { type: 'array', items: row },
          complete: { type: 'boolean' },
        },
      },
      DeadLetter: {
        type: 'object',
        required: ['exporter', 'eventId', 'enqueuedAt', 'attempts', 'reason', 'event'],
        properties: {
          exporter: { type: 'string' },
          eventId: { type: 'string' },
          enqueuedAt: { type: 'string', format: 'date-time' },
          attempts: { type: 'integer' },
          reason: { type: ['string', 'null'], description: 'What the other side said last.' },
          event: { type: 'object', description: 'The event as it would have left.' },
        },
      },
      DoctorReport: {
        type: 'object',
        required: ['checkedAt', 'healthy', 'problems', 'warnings', 'symptoms', 'sources'],
        properties: {
          checkedAt: { type: 'string', format: 'date-time' },
          healthy: { type: 'boolean' },
          problems: { type: 'integer' },
          warnings: { type: 'integer' },
          symptoms: {
            type: 'array',
            description: 'Worst first.',
            items: {
              type: 'object',
              required: ['severity', 'code', 'subject', 'finding', 'advice'],
              properties: {
                severity: { enum: ['problem', 'warning', 'note'] },
                code: { type: 'string', description: 'Stable, for programs.' },
                subject: { type: 'string' },
                finding: { type: 'string' },
                advice: { type: 'string' },
                sample: { type: 'string', description: 'A record that shows it, cut.' },
              },
            },
          },
          sources: {
            type: 'array',
            description: 'Where events come from, the newest arrival first.',
            items: {
              type: 'object',
              properties: {
                table: { enum: ['kube_audit', 'logs'] },
                cluster: { type: 'string' },
                sourcetype: { type: 'string' },
                source: { type: 'string' },
                events: { type: 'integer' },
                lastArrival: { type: 'string', format: 'date-time' },
                lastEventTime: { type: 'string', format: 'date-time' },
                lagMedianSeconds: { type: ['number', 'null'] },
                lag95Seconds: { type: ['number', 'null'] },
              },
            },
          },
        },
      },
      Problem: {
        type: 'object',
        required: ['type', 'status', 'title', 'detail'],
        properties: {
          type: { type: 'string' },
          status: { type: 'integer' },
          title: { type: 'string' },
          detail: { type: 'string' },
          diagnostics: { type: 'array', items: { $ref: '#/components/schemas/Diagnostic' } },
        },
      },
      Diagnostic: {
        type: 'object',
        required: ['code', 'severity', 'message'],
        properties: {
          code: { type: 'string' },
          severity: { enum: ['error', 'warning', 'info'] },
          message: { type: 'string' },
          span: {
            type: 'object',
            description: 'UTF-16 units of the query, half-open.',
            properties: { start: { type: 'integer' }, end: { type: 'integer' } },
          },
          help: { type: 'string' },
        },
      },
    },
  },
} as const;
