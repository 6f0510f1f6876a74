/** Configuration: YAML to a typed, checked Config. Imports nothing from other rooms. */
export type {
  Config,
  ExporterBatchConfig,
  ExporterRetryConfig,
  ListenerConfig,
  OtlpExporterConfig,
  OtlpGrpcListenerConfig,
  OtlpListenerConfig,
  Scope,
  ServerTlsConfig,
  TokenConfig,
} from './config.ts';
export { ConfigError, type ConfigProblem } from './config-error.ts';
export { loadConfig, parseConfig } from './parse-config.ts';
export { Redacted } from './redacted.ts';
export { type Authorization, type Authorize, createAuthorize } from './tokens.ts';
export { type Endpoint, isLoopback, parseDuration, parseEndpoint, parseSize } from './units.ts';
export type { Environment } from './yaml-source.ts';
