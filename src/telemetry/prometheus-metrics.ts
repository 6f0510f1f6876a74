/**
 * Metrics in Prometheus's text format, beside those of the process (memory, event loop, garbage collection).
 *
 * Names and labels come from code, label values partly from outside: the number of series per metric is bounded,
 * and what exceeds it is counted together under the value `other`. Counters whose series are known are there at 0 from
 * the start: Prometheus sees no increase in a series that appears with a value.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Logger, Metrics } from '../component.ts';
import { bucketsFor, describeMetric, knownSeries } from './metric-catalogue.ts';

type Labels = Readonly<Record<string, string>>;

export interface PrometheusMetricsSettings {
  /** Series of one metric. */
  readonly maxSeries: number;
  readonly logger: Logger;
  /** False leaves out the metrics of the process. */
  readonly processMetrics: boolean;
}

export class PrometheusMetrics implements Metrics {
  readonly #settings: PrometheusMetricsSettings;
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, Map<string, { readonly read: () => number; readonly labels: Labels }>>();
  readonly #series = new Map<string, Set<string>>();

  constructor(settings: PrometheusMetricsSettings) {
    this.#settings = settings;
    if (settings.processMetrics) collectDefaultMetrics({ register: this.#registry });
    for (const [name, labels] of knownSeries()) this.add(name, 0, labels);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  add(name: string, value: number, labels: Labels = {}): void {
    const counter = getOrCreate(this.#counters, name, () => new Counter(this.#describe(name, labels)));
    counter.inc({ ...this.#bound(name, labels) }, value);
  }

  observe(name: string, value: number, labels: Labels = {}): void {
    const histogram = getOrCreate(
      this.#histograms,
      name,
      () => new Histogram({ ...this.#describe(name, labels), buckets: bucketsFor(name) }),
    );
    histogram.observe({ ...this.#bound(name, labels) }, value);
  }

  /** A second registration of the same name and labels replaces the first. */
  gauge(name: string, read: () => number, labels: Labels = {}): void {
    const readers = getOrCreate(this.#gauges, name, () => {
      const created = new Map<string, { readonly read: () => number; readonly labels: Labels }>();
      const collect = (gauge: Gauge): void => this.#collect(name, gauge, created);
      new Gauge({
        ...this.#describe(name, labels),
        collect() {
          collect(this);
        },
      });
      return created;
    });
    readers.set(seriesKey(labels), { read, labels: this.#bound(name, labels) });
  }

  /** The values of one counter or gauge by their labels; none where nothing has touched it. */
  async read(name: string): Promise<readonly { readonly labels: Labels; readonly value: number }[]> {
    const metric = await this.#registry.getSingleMetric(name)?.get();
    return (metric?.values ?? []).map(({ labels, value }) => ({
      labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
      value,
    }));
  }

  /** The text that `/metrics` answers. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  #collect(
    name: string,
    gauge: Gauge,
    readers: Map<string, { readonly read: () => number; readonly labels: Labels }>,
  ): void {
    gauge.reset();
    for (const { read, labels } of readers.values()) {
      try {
        gauge.set({ ...labels }, read());
      } catch (error: unknown) {
        // One broken gauge must not hide all other metrics; it is no number then, and the log says why.
        gauge.set({ ...labels }, Number.NaN);
        this.#settings.logger.warn({ error, metric: name }, 'metric could not be read');
      }
    }
  }

  #describe(name: string, labels: Labels) {
    return { name, help: describeMetric(name), labelNames: Object.keys(labels), registers: [this.#registry] };
  }

  #bound(name: string, labels: Labels): Labels {
    const known = getOrCreate(this.#series, name, () => new Set<string>());
    const key = seriesKey(labels);
    if (known.has(key)) return labels;
    if (known.size < this.#settings.maxSeries) {
      known.add(key);
      return labels;
    }
    return Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']));
  }
}

function seriesKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function getOrCreate<T>(map: Map<string, T>, key: string, create: () => T): T {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
