/** What comes in broken is answered clearly, counted, and harms nothing else. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { status as grpcStatus } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { auditEvents } from '../support/audit-events.ts';
import { announceSeed } from '../support/seed.ts';
import { runToEnd } from './support/child-process.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, exportOverGrpc, jsonLogs, postLogs, statusMessage } from './support/otlp-client.ts';
import { mainFile, type PintailService, repository, startPintail, sumOfMetric } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const mebibyte = 2 ** 20;
const refusedRequests = 'pintail_receiver_refused_requests_total';
const unreadableRecords = 'pintail_unreadable_records_total';

describe('a record that cannot be read as an audit event', () => {
  test('truncated JSON is kept in logs with the reason and counted, the rest of its batch is stored', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const [whole = '', other = ''] = someEvents(2);
    const truncated = other.slice(0, 200);

    await expectCounted(service, unreadableRecords, async () => {
      const answer = await postLogs(service.httpEndpoint, encodeLogs([truncated, whole]));
      expect(answer.status).toBe(200);
    });

    const [row] = await rowsOf(service, `select _raw, unreadable from logs where unreadable is not null`);
    expect(row).toEqual({
      _raw: truncated,
      unreadable: expect.stringMatching(/^audit event.*: expected .*, found .*\.$/),
    });
    expect(await rowsOf(service, 'select _raw from kube_audit')).toEqual([{ _raw: whole }]);
    await expectGoesOn(service);
  });

  // Kubernetes takes bodies of up to 10,000 levels, so an event that nests so deep can be a real one.
  test('an event nested 10,000 deep is an audit event, one nested 30,000 deep is unreadable and counted', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const [deep = '', tooDeep = ''] = someEvents(2).map((event, index) => {
      const levels = [10_000, 30_000][index]!;
      return `${event.slice(0, -1)},"requestObject":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    });

    await expectCounted(service, unreadableRecords, async () => {
      expect((await postLogs(service.httpEndpoint, encodeLogs([deep, tooDeep]))).status).toBe(200);
    });

    expect(await rowsOf(service, 'select _raw from kube_audit')).toEqual([{ _raw: deep }]);
    expect(await rowsOf(service, 'select _raw, unreadable from logs where unreadable is not null')).toEqual([
      { _raw: tooDeep, unreadable: expect.stringMatching(/expected at most \d+ nested levels/) },
    ]);
    await expectGoesOn(service);
  });

  test('bytes that are not UTF-8 are kept and counted', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const broken = Buffer.concat([
      Buffer.from('{"kind":"Event","auditID":"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('"}'),
    ]);
    // As a string, which protobuf says is UTF-8: what filelog with `encoding: utf-8-raw` sends.
    const request = Buffer.from(encodeLogs(['X'.repeat(broken.length)]));
    broken.copy(request, request.indexOf('XXXX'));

    await expectCounted(service, 'pintail_receiver_invalid_utf8_texts_total', async () => {
      expect((await postLogs(service.httpEndpoint, request)).status).toBe(200);
    });

    const rows = await eventually({ what: 'the broken record is stored', withinMs: 10_000 }, async () => {
      const found = await service.sql('select _raw from logs union all select _raw from kube_audit');
      return found.length > 0 ? found : undefined;
    });
    expect(rows).toHaveLength(1);
    await expectGoesOn(service);
  });
});

describe('a request that is not what it claims to be', () => {
  test('wrong protobuf is refused over HTTP and gRPC', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const wrong = Buffer.from('this is not protobuf at all');

    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await postLogs(service.httpEndpoint, wrong);
        expect(answer.status).toBe(400);
        expect(statusMessage(answer.body)).toMatch(/expected .*, found .*\.|expected/);
      },
      'otlp/http',
    );
    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await exportOverGrpc(service.grpcEndpoint, wrong);
        expect(answer).toMatchObject({
          code: grpcStatus.INVALID_ARGUMENT,
          details: expect.stringContaining('expected'),
        });
      },
      'otlp/grpc',
    );
    await expectGoesOn(service);
  });

  test('truncated OTLP/JSON is refused with a JSON Status that names the body', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const request = jsonLogs(someEvents(3));

    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await postLogs(service.httpEndpoint, request.slice(0, -40), {
          'content-type': 'application/json',
        });
        expect(answer.status).toBe(400);
        expect(answer.headers.get('content-type')).toContain('application/json');
        const status = JSON.parse(Buffer.from(answer.body).toString()) as { readonly message: string };
        expect(status.message).toMatch(/expected .*JSON/);
      },
      'bad_data',
    );
    await expectGoesOn(service);
  });

  test('a body nested 10,000 deep rejects its record and says so', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const deep = `${'{"arrayValue":{"values":['.repeat(10_000)}{"stringValue":"x"}${']}}'.repeat(10_000)}`;
    const [event = ''] = someEvents(1);
    const request = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${deep}},{"body":{"stringValue":${JSON.stringify(event)}}}]}]}]}`;

    await expectCounted(service, 'pintail_receiver_rejected_log_records_total', async () => {
      const answer = await postLogs(service.httpEndpoint, request, { 'content-type': 'application/json' });
      expect(answer.status).toBe(200);
      const { partialSuccess } = JSON.parse(Buffer.from(answer.body).toString()) as {
        readonly partialSuccess: { readonly rejectedLogRecords: string; readonly errorMessage: string };
      };
      expect(Number(partialSuccess.rejectedLogRecords)).toBe(1);
      expect(partialSuccess.errorMessage).toMatch(/levels of nesting/);
    });
    expect(await rowsOf(service, 'select _raw from kube_audit')).toEqual([{ _raw: event }]);
    await expectGoesOn(service);
  });

  test('a 200 MB gzip bomb is refused as too large over HTTP and gRPC', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const bomb = gzipSync(Buffer.alloc(200 * mebibyte));
    expect(bomb.length).toBeLessThan(mebibyte);

    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await postLogs(service.httpEndpoint, bomb, { 'content-encoding': 'gzip' });
        expect(answer.status).toBe(413);
        expect(statusMessage(answer.body)).toMatch(/decompress.*67108864/);
      },
      'too_large',
    );
    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await exportOverGrpc(service.grpcEndpoint, Buffer.alloc(200 * mebibyte), { gzip: true });
        expect(answer).toMatchObject({
          code: grpcStatus.RESOURCE_EXHAUSTED,
          details: expect.stringContaining('67108864'),
        });
      },
      'too_large',
    );
    await expectGoesOn(service);
  });

  test('a request of more than 64 MiB is refused as too large over HTTP and gRPC', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const oversized = encodeLogs(['x'.repeat(65 * mebibyte)]);

    await expectCounted(
      service,
      refusedRequests,
      async () => {
        // The service answers without reading on; a client that is still writing may see the connection closed instead.
        const status = await postLogs(service.httpEndpoint, oversized).then(
          (answer) => answer.status,
          (error: unknown) => String((error as Error).cause),
        );
        expect(String(status)).toMatch(/^413$|EPIPE|ECONNRESET|other side closed/);
      },
      'too_large',
    );
    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await exportOverGrpc(service.grpcEndpoint, oversized);
        expect(answer.code).toBe(grpcStatus.RESOURCE_EXHAUSTED);
      },
      'too_large',
    );
    await expectGoesOn(service);
  });

  test('a wrong method, path, content type and encoding are each refused by name', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const body = encodeLogs(['x']);

    await expectCounted(
      service,
      refusedRequests,
      async () => {
        expect((await fetch(`${service.httpEndpoint}/v1/logs`)).status).toBe(405);
      },
      'wrong_method',
    );
    await expectCounted(
      service,
      refusedRequests,
      async () => {
        const answer = await fetch(`${service.httpEndpoint}/v1/nowhere`, { method: 'POST', body: 'x' });
        expect(answer.status).toBe(404);
      },
      'unknown_path',
    );
    await expectCounted(
      service,
      refusedRequests,
      async () => {
        expect((await postLogs(service.httpEndpoint, body, { 'content-type': 'text/plain' })).status).toBe(415);
      },
      'unsupported_content_type',
    );
    await expectCounted(
      service,
      refusedRequests,
      async () => {
        expect(
          (await postLogs(service.httpEndpoint, body, { 'content-encoding': 'br' })).status,
        ).toBeGreaterThanOrEqual(400);
      },
      'unsupported_encoding',
    );
    await expectGoesOn(service);
  });
});

describe('a query that is wrong', () => {
  test('an SPL syntax error is answered 400 with a diagnostic at its place, and counted', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const query = '`kube_audit` verb=get | stats count by | where';

    await expectCounted(service, 'pintail_hunt_problems_total', async () => {
      const answer = await service.query({ language: 'spl', query });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      const problem = (await answer.json()) as {
        readonly diagnostics: readonly { readonly code: string; readonly message: string; readonly span: unknown }[];
      };
      expect(problem.diagnostics[0]).toMatchObject({
        code: expect.stringMatching(/./),
        message: expect.stringMatching(/expected .*, found .*\.$/),
      });
    });
    await expectGoesOn(service);
  });

  test('SQL that is no query, or none at all, is refused and changes nothing', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    for (const query of [
      'drop table kube_audit_event',
      'selec 1',
      "copy kube_audit to '/tmp/x'",
      'select 1; select 2',
    ]) {
      const answer = await service.query({ language: 'sql', query });
      expect({ query, status: answer.status }).toEqual({ query, status: 400 });
      expect(((await answer.json()) as { readonly detail?: string }).detail).toMatch(/./);
    }
    await expectGoesOn(service);
  });
});

describe('a configuration that is wrong', () => {
  test('an unknown key ends the start with status 1, naming the key, its place and the nearest known one', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'pintail.yaml');
    await writeFile(file, `storage:\n  directory: ${folder}/data\napi:\n  endpont: 127.0.0.1:0\n`);
    const ended = await runToEnd({
      name: 'pintail serve',
      command: process.execPath,
      args: [mainFile, 'serve', '--config', file],
      cwd: repository,
      withinMs: 60_000,
    });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('"endpont"');
    expect(ended.stderr).toContain('"endpoint"');
    expect(ended.stderr).toContain(`${file}:4:3`);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });
});

let nextSeed = announceSeed('bad input');

/** Audit events of now, so that detections and retention have no opinion on them; others each time. */
function someEvents(count: number): readonly string[] {
  return auditEvents({ seed: nextSeed++, count, startMs: Date.now() - 60_000 });
}

/** Rows of a query, once it has some. */
function rowsOf(service: PintailService, query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return eventually({ what: `rows of ${query}`, withinMs: 10_000 }, async () => {
    const rows = await service.sql(query);
    return rows.length > 0 ? rows : undefined;
  });
}

/** Runs `work` and expects the counter to have gone up by its end. */
async function expectCounted(
  service: PintailService,
  name: string,
  work: () => Promise<void>,
  ...labelParts: readonly string[]
): Promise<void> {
  const before = sumOfMetric(await service.metrics(), name, ...labelParts);
  await work();
  await eventually({ what: `${name} ${labelParts.join(' ')} goes up from ${before}`, withinMs: 10_000 }, async () =>
    sumOfMetric(await service.metrics(), name, ...labelParts) > before ? true : undefined,
  );
}

/** The service takes and shows good events after all that. */
async function expectGoesOn(service: PintailService): Promise<void> {
  const [overHttp = '', overGrpc = ''] = someEvents(2);
  expect((await postLogs(service.httpEndpoint, encodeLogs([overHttp]))).status).toBe(200);
  expect((await exportOverGrpc(service.grpcEndpoint, encodeLogs([overGrpc]))).code).toBe(grpcStatus.OK);
  await eventually({ what: 'good events are stored after a bad one', withinMs: 10_000 }, async () => {
    const rows = await service.sql('select _raw from kube_audit');
    const raws = new Set(rows.map((row) => row._raw));
    return raws.has(overHttp) && raws.has(overGrpc) ? true : undefined;
  });
  expect(service.isAlive()).toBe(true);
}
