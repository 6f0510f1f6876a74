import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RetryableError } from '../../../src/component.ts';
import { createOtlpDestination } from '../../../src/export/otlp/otlp-destination.ts';
import { DEFAULT_SPLUNK_TARGETS, type TlsFiles } from '../../../src/export/otlp/settings.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../../../src/export/settings.ts';
import { type Certificates, createCertificates, hasOpenssl } from '../../support/certificates.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  type Receiver,
  type ServerTls,
  startGrpcReceiver,
  startHttpReceiver,
} from '../../support/otlp-logs-receiver.ts';

describe.skipIf(!hasOpenssl)('TLS (needs the openssl command)', () => {
  let certificates: Certificates;
  let receivers: Receiver[] = [];

  beforeAll(() => {
    certificates = createCertificates();
  });
  afterAll(() => certificates[Symbol.dispose]());
  afterEach(async () => {
    for (const receiver of receivers) await receiver.close();
    receivers = [];
  });

  async function deliver(
    protocol: 'grpc' | 'http/protobuf',
    server: Partial<ServerTls>,
    tls: TlsFiles,
  ): Promise<Receiver> {
    const serverTls = { cert: certificates.read('serverCert'), key: certificates.read('serverKey'), ...server };
    const receiver =
      protocol === 'grpc' ? await startGrpcReceiver(0, serverTls) : await startHttpReceiver(0, serverTls);
    receivers.push(receiver);
    const destination = createOtlpDestination(
      {
        name: 'otlp',
        // A certificate's name is not checked against an address by every client.
        endpoint: receiver.endpoint.replace('127.0.0.1', 'localhost'),
        protocol,
        headers: {},
        compression: 'gzip',
        timeoutMs: 20_000,
        tls,
        retry: DEFAULT_RETRY,
        batch: DEFAULT_BATCH,
        hostName: 'h',
        splunk: DEFAULT_SPLUNK_TARGETS,
      },
      new ManualClock(),
    );
    await destination.open();
    try {
      const event = {
        eventId: 'e1',
        kind: 'risk',
        time: 1,
        source: 's',
        severityNumber: 9,
        body: 'b',
        attributes: {},
      } as const;
      await destination.deliver([event], new AbortController().signal);
    } finally {
      await destination.close();
    }
    return receiver;
  }

  describe.each(['http/protobuf', 'grpc'] as const)('%s', (protocol) => {
    test('delivers to a server whose authority is given', async () => {
      const receiver = await deliver(protocol, {}, { caFile: certificates.files.ca });
      expect(receiver.requests).toHaveLength(1);
    });

    test('does not hand events to a server that nobody vouches for, and tries again', async () => {
      await expect(deliver(protocol, {}, {})).rejects.toBeInstanceOf(RetryableError);
      expect(receivers[0]!.requests).toHaveLength(0);
    });

    test('shows its own certificate where the server asks for one', async () => {
      const { ca, clientCert, clientKey } = certificates.files;
      const clientCa = certificates.read('ca');
      const tls = { caFile: ca, certFile: clientCert, keyFile: clientKey };
      expect((await deliver(protocol, { clientCa }, tls)).requests).toHaveLength(1);
      await expect(deliver(protocol, { clientCa }, { caFile: ca })).rejects.toBeInstanceOf(RetryableError);
    });
  });
});
