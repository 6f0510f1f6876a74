import type { Logger, Metrics } from '../../../../src/component.ts';

/** Counters by `name{label=value,…}`, log lines by message. */
export class RecordingTelemetry {
  readonly counters = new Map<string, number>();
  readonly observations = new Map<string, number[]>();
  readonly gauges = new Map<string, () => number>();
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[] = [];

  readonly metrics: Metrics = {
    add: (name, value, labels) => {
      const key = keyOf(name, labels);
      this.counters.set(key, (this.counters.get(key) ?? 0) + value);
    },
    observe: (name, value, labels) => {
      const key = keyOf(name, labels);
      const seen = this.observations.get(key);
      if (seen === undefined) this.observations.set(key, [value]);
      else seen.push(value);
    },
    gauge: (name, read, labels) => {
      this.gauges.set(keyOf(name, labels), read);
    },
  };

  readonly logger: Logger = {
    debug: (fields, message) => this.lines.push({ level: 'debug', message, fields }),
    info: (fields, message) => this.lines.push({ level: 'info', message, fields }),
    warn: (fields, message) => this.lines.push({ level: 'warn', message, fields }),
    error: (fields, message) => this.lines.push({ level: 'error', message, fields }),
  };

  counter(name: string, labels: Readonly<Record<string, string>>): number {
    return this.counters.get(keyOf(name, labels)) ?? 0;
  }

  gauge(name: string, labels: Readonly<Record<string, string>>): number | undefined {
    return this.gauges.get(keyOf(name, labels))?.();
  }
}

function keyOf(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${name}{${pairs.map(([key, value]) => `${key}=${value}`).join(',')}}`;
}
