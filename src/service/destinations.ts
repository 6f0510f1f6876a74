/** Exporters of the configuration to destinations of the outbox. */
import type { Writable } from 'node:stream';
import type { Config, ExporterRetryConfig } from '../config/index.ts';
import { systemClock } from '../export/clock.ts';
import type { Destination } from '../export/destination.ts';
import { createFileDestination } from '../export/file/file-destination.ts';
import { createOtlpDestination } from '../export/otlp/otlp-destination.ts';
import { DEFAULT_SPLUNK_TARGETS } from '../export/otlp/settings.ts';
import { DEFAULT_RETRY, type RetrySettings } from '../export/settings.ts';

/** `hostName` becomes the events' `host.name`; `stdout` is where a file exporter with the path `-` writes. */
export function createDestinations(exporters: Config['exporters'], hostName: string, stdout: Writable): Destination[] {
  const { otlp, file } = exporters;
  const destinations: Destination[] = [];
  if (otlp !== undefined) {
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
          retry: toRetrySettings(otlp.retry),
          batch: otlp.batch,
          hostName,
          splunk: DEFAULT_SPLUNK_TARGETS,
        },
        systemClock,
      ),
    );
  }
  if (file !== undefined) {
    destinations.push(
      createFileDestination(
        { name: 'file', path: file.path, retry: toRetrySettings(file.retry), batch: file.batch },
        stdout,
      ),
    );
  }
  return destinations;
}

function toRetrySettings({ initialIntervalMs, maxIntervalMs, maxElapsedTimeMs }: ExporterRetryConfig): RetrySettings {
  return { ...DEFAULT_RETRY, initialIntervalMs, maxIntervalMs, maxElapsedMs: maxElapsedTimeMs };
}
