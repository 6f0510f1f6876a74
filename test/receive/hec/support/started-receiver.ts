/** HEC receivers on free ports whose consumer and telemetry are recorded; each ends with the test that started it. */
import { createHash } from 'node:crypto';
import { afterEach } from 'vitest';
import { HecReceiver } from '../../../../src/receive/hec/hec-receiver.ts';
import type { HecReceiverSettings } from '../../../../src/receive/hec/settings.ts';
import { type HttpCall, type HttpResult, send } from '../../otlp/support/http-client.ts';
import { RecordingConsumer } from '../../otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from '../../otlp/support/recording-telemetry.ts';

export const TOKEN = '00000000-0000-0000-0000-0000000000aa';

/** As settings have a token. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export interface StartedReceiver {
  readonly receiver: HecReceiver;
  readonly port: number;
  readonly consumer: RecordingConsumer;
  readonly telemetry: RecordingTelemetry;
  /** Sends to the usual path with the usual headers; `call` may say others. */
  post(body: string | Buffer, call?: Partial<HttpCall>): Promise<HttpResult>;
}

const started: HecReceiver[] = [];
afterEach(async () => {
  for (const receiver of started.splice(0)) await receiver.shutdown();
});

export async function startReceiver(
  settings: Partial<HecReceiverSettings>,
  usual: Required<Pick<HttpCall, 'path' | 'headers'>>,
): Promise<StartedReceiver> {
  const consumer = new RecordingConsumer();
  const telemetry = new RecordingTelemetry();
  const receiver = new HecReceiver({ endpoint: '127.0.0.1:0', ...settings }, consumer, telemetry);
  await receiver.start();
  started.push(receiver);
  const { port } = receiver.address();
  return {
    receiver,
    port,
    consumer,
    telemetry,
    post: (body, call = {}) =>
      send({ port, ...usual, body: Buffer.from(body), ...call, headers: { ...usual.headers, ...call.headers } }),
  };
}
