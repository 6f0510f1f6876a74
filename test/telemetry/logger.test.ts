import { describe, expect, test } from 'vitest';
import { createLogger, type LogLevel } from '../../src/telemetry/index.ts';

function record(level: LogLevel) {
  const lines: string[] = [];
  const logger = createLogger({
    level,
    output: { write: (line) => lines.push(line) },
    time: () => '2026-01-01T00:00:00.000Z',
  });
  return { logger, lines };
}

describe('createLogger', () => {
  test('writes one JSON object per line with level, time and message', () => {
    const { logger, lines } = record('info');
    logger.info({ rows: 3 }, 'loaded');
    expect(lines).toEqual(['{"level":"info","time":"2026-01-01T00:00:00.000Z","rows":3,"message":"loaded"}\n']);
  });

  test('leaves out what is below its level', () => {
    const { logger, lines } = record('warn');
    logger.debug({}, 'a');
    logger.info({}, 'b');
    logger.warn({}, 'c');
    logger.error({}, 'd');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['c', 'd']);
  });

  test('writes an error with its stack and its cause', () => {
    const { logger, lines } = record('info');
    logger.error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    const { error } = JSON.parse(lines[0] ?? '');
    expect(error.message).toBe('outer');
    expect(error.stack).toContain('logger.test.ts');
    expect(error.cause.message).toBe('inner');
  });

  test('hostile text stays within its line, bigint and cycles do no harm', () => {
    const { logger, lines } = record('info');
    const cycle: Record<string, unknown> = { text: 'a\nb\u001b[2J', big: 1n };
    cycle.self = cycle;
    logger.info({ cycle }, 'x\ny');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
    expect(JSON.parse(lines[0] ?? '').cycle.text).toBe('a\nb\u001b[2J');
  });
});
