/** A logger and metrics that keep what they were told. */
import type { Logger, Metrics } from '../../src/component.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export interface RecordedTelemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lines: readonly LogLine[];
  /** Value of a counter or gauge: `name{key="value"}`; 0 where it was never touched. */
  value(series: string): number;
}

export function recordTelemetry(): RecordedTelemetry {
  const lines: LogLine[] = [];
  const counters = new Map<string, number>();
  const gauges = new Map<string, () => number>();
  const log =
    (level: LogLine['level']) =>
    (fields: object, message: string): void => {
      lines.push({ level, fields, message });
    };
  const series = (name: string, labels: Readonly<Record<string, string>> = {}): string => {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
  };
  return {
    lines,
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    metrics: {
      add: (name, value, labels) => {
        const key = series(name, labels);
        counters.set(key, (counters.get(key) ?? 0) + value);
      },
      observe: () => undefined,
      gauge: (name, read, labels) => {
        gauges.set(series(name, labels), read);
      },
    },
    value: (key) => counters.get(key) ?? gauges.get(key)?.() ?? 0,
  };
}
