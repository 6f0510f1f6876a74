/** Configuration: YAML to a typed, checked Config. Imports nothing from other rooms. */
export type {
  AuditWebhookListenerConfig,
  ColdConfig,
  Config,
  ExporterBatchConfig,
  ExporterRetryConfig,
  HecListenerConfig,
  HecTokenConfig,
  ListenerConfig,
  ListenerTlsConfig,
  OtlpExporterConfig,
  OtlpGrpcListenerConfig,
  ReceiverListenerConfig,
  Scope,
  ServerTlsConfig,
  TokenConfig,
  VolumeRuleConfig,
} from './config.ts';
export { ConfigError, type ConfigProblem } from './config-error.ts';
export { loadConfig, parseConfig } from './parse-config.ts';
export { Redacted } from './redacted.ts';
export { type Authorization, type Authorize, createAuthorize, createFindToken } from './tokens.ts';
export { type Endpoint, isLoopback, parseDuration, parseEndpoint, parseSize } from './units.ts';
export type { Environment } from './yaml-source.ts';
