import type { BatchSettings, RetrySettings } from '../settings.ts';

export interface FileExporterSettings {
  /** The exporter's key in the configuration. */
  readonly name: string;
  /** File to append to, created with its folders where it is not there; `-` is standard output. */
  readonly path: string;
  readonly retry: RetrySettings;
  readonly batch: BatchSettings;
}
