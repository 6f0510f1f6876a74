/** Our own logs: one JSON object per line on standard error. */
import { type DestinationStream, destination, pino, stdSerializers } from 'pino';
import type { Logger } from '../component.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerSettings {
  readonly level: LogLevel;
  /** Where lines go; standard error by default. */
  readonly output?: DestinationStream;
  /** ISO 8601 time of a line; the clock by default. */
  readonly time?: () => string;
}

/**
 * A logger whose lines have `level`, `time` and `message`. An Error under `error` is written with its stack and
 * causes. Lines are written before the call returns, so that the last ones of a dying process are not lost.
 */
export function createLogger(settings: LoggerSettings): Logger {
  const time = settings.time ?? (() => new Date().toISOString());
  return pino(
    {
      level: settings.level,
      messageKey: 'message',
      base: null,
      timestamp: () => `,"time":"${time()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.errWithCause, err: stdSerializers.errWithCause },
    },
    settings.output ?? destination({ dest: 2, sync: true }),
  );
}
