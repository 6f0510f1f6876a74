/** Our own logs and metrics. */
export { createLogger, type LoggerSettings, type LogLevel } from './logger.ts';
export { PrometheusMetrics, type PrometheusMetricsSettings } from './prometheus-metrics.ts';
