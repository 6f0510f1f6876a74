/** Exporters of the configuration to destinations of the outbox. */
import type { Writable } from 'node:stream';
import type { Config } from '../config/index.ts';
import { systemClock } from '../export/clock.ts';
import type { Destination } from '../export/destination.ts';
import { createFileDestination } from '../export/file/file-destination.ts';
import { createOtlpDestination } from '../export/otlp/otlp-destination.ts';
import { DEFAULT_SPLUNK_TARGETS } from '../export/otlp/settings.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../export/settings.ts';

/** `hostName` becomes the events' `host.name`; `stdout` is where a file exporter with the path `-` writes. */
export function createDestinations(exporters: Config['exporters'], hostName: string, stdout: Writable): Destination[] {
  const { otlp, file } = exporters;
  const destinations: Destination[] = [];
  if (otlp !== undefined) {
    const { initialIntervalMs, maxIntervalMs, maxElapsedTimeMs } = otlp.retry;
    const headers = Object.entries(otlp.headers).map(([name, value]) => [name, value.reveal()] as const);
    destinations.push(
      createOtlpDestination(
        {
          name: 'otlp',
          endpoint: otlp.endpoint,
          protocol: otlp.protocol,
          headers: Object.fromEntries(headers),
          compression: otlp.compression,
          timeoutMs: otlp.timeoutMs,
          tls: otlp.tls,
          retry: { ...DEFAULT_RETRY, initialIntervalMs, maxIntervalMs, maxElapsedMs: maxElapsedTimeMs },
          batch: DEFAULT_BATCH,
          hostName,
          splunk: DEFAULT_SPLUNK_TARGETS,
        },
        systemClock,
      ),
    );
  }
  if (file !== undefined) {
    destinations.push(
      createFileDestination({ name: 'file', path: file.path, retry: DEFAULT_RETRY, batch: DEFAULT_BATCH }, stdout),
    );
  }
  return destinations;
}
