/** The same events as the senders of each protocol put them into a request. */
import { encodeLogsRequest } from './otlp-payload.ts';

export type Protocol = 'http' | 'grpc' | 'hec' | 'webhook';

export const protocols: readonly Protocol[] = ['http', 'grpc', 'hec', 'webhook'];

/** Not compressed yet. */
export function encodeRequest(protocol: Protocol, bodies: readonly string[], startMs: number): Uint8Array {
  switch (protocol) {
    case 'http':
    case 'grpc':
      return encodeLogsRequest(bodies, BigInt(startMs) * 1_000_000n);
    case 'hec':
      // The event as text, as the Collector's splunk_hec exporter sends a log record.
      return Buffer.from(bodies.map((body) => hecEvent(body, startMs)).join(''));
    case 'webhook':
      return Buffer.from(
        `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${bodies.join(',')}]}`,
      );
  }
}

function hecEvent(body: string, startMs: number): string {
  return JSON.stringify({
    time: startMs / 1000,
    host: 'node-1',
    source: '/var/log/kubernetes/audit.log',
    sourcetype: 'kube:apiserver-audit',
    event: body,
    fields: { 'k8s.cluster.name': 'bench' },
  });
}
