import { readdirSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { createService, type Service } from '../../src/service/service.ts';
import { CLOSE_FAILURE, failClosing } from '../support/failing-close.ts';
import { type RecordedTelemetry, recordTelemetry } from '../support/recorded-telemetry.ts';

/** A service that is not started, whose file exporter's file fails as it is closed: a disk quota may tell only then. */
async function serviceOnFullDisk(api = '127.0.0.1:0') {
  const folder = await mkdtempDisposable(join(tmpdir(), 'pintail-shutdown-'));
  onTestFinished(() => folder.remove());
  const file = join(folder.path, 'risk.ndjson');
  const heal = failClosing('risk.ndjson');
  onTestFinished(heal);
  const directory = join(folder.path, 'data');
  const config = `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
api: { endpoint: "${api}" }
storage: { directory: ${JSON.stringify(directory)} }
exporters: { file: { path: ${JSON.stringify(file)} } }`;
  const make = (telemetry: RecordedTelemetry): Promise<Service> =>
    createService(parseConfig(config, 'test', {}), {
      logger: telemetry.logger,
      onStuckQuery: () => expect.unreachable('a query did not stop'),
    });
  return { directory, make, heal, file };
}

test('a part that fails to shut down keeps no other from it: the store gives its directory back', async () => {
  const { directory, make, heal, file } = await serviceOnFullDisk();
  const telemetry = recordTelemetry();
  const service = await make(telemetry);
  await service.start();
  const message = `exporters.file.path: expected to close "${file}", found: ${CLOSE_FAILURE}.`;
  await expect(service.shutdown()).rejects.toThrow(message);
  expect(telemetry.lines.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      fields: { error: expect.objectContaining({ message }), component: 'outbox' },
      message: 'a part of the service failed to shut down',
    },
  ]);
  expect(readdirSync(directory)).not.toContain('pintail.lock');
  expect(readdirSync(directory)).not.toContain('pintail.duckdb.wal');

  await service.shutdown();
  heal();
  const next = await make(recordTelemetry());
  await next.start();
  await next.shutdown();
});

test('a start that fails says why before what failed as it was undone', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const address = taken.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const { directory, make } = await serviceOnFullDisk(`127.0.0.1:${address.port}`);
  const service = await make(recordTelemetry());
  const error = await service.start().catch((found: unknown) => found);
  expect(error).toBeInstanceOf(AggregateError);
  const { errors, message } = error as AggregateError;
  expect(errors.map(String)).toEqual([
    expect.stringContaining(`api.endpoint: expected an address that is free, found 127.0.0.1:${address.port}`),
    expect.stringContaining(CLOSE_FAILURE),
  ]);
  for (const one of errors) expect(message).toContain((one as Error).message);
  expect(readdirSync(directory)).not.toContain('pintail.lock');
});
