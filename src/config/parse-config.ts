/** YAML text to a checked Config. */
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import type { z } from 'zod';
import { checkConfig } from './check-config.ts';
import type { Config } from './config.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { describeIssues } from './describe-issue.ts';
import { configSchema } from './schema.ts';
import { toConfig } from './to-config.ts';
import { type Environment, type Path, readYaml } from './yaml-source.ts';

/**
 * Reads a configuration file; without a path, the defaults.
 * Throws ConfigError with every problem that was found, and for a file that cannot be read.
 */
export async function loadConfig(path: string | undefined, environment: Environment): Promise<Config> {
  if (path === undefined) return parseConfig('', 'built-in defaults', environment);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `configuration: expected a readable UTF-8 file at "${path}", found: ${reason}.`;
    throw new ConfigError(path, '', [{ message }], { cause: error });
  }
  return parseConfig(text, path, environment);
}

/** Parses configuration text; empty text and `{}` are complete. Throws ConfigError with every problem that was found. */
export function parseConfig(text: string, sourceName: string, environment: Environment): Config {
  const source = readYaml(text, sourceName, environment);
  const place = (path: Path, part: 'key' | 'value', message: string): ConfigProblem => ({
    message,
    range: source.locate(path, part),
  });

  const result = configSchema.safeParse(source.value ?? {});
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue: z.core.$ZodIssue) =>
      describeIssues(issue, source.value).map(({ path, part, message }) => place(path, part, message)),
    );
    throw new ConfigError(sourceName, source.drawable, problems);
  }
  const violations = checkConfig(result.data, ownHosts());
  if (violations.length > 0) {
    const problems = violations.map((violation) => place(violation.path, 'value', violation.message));
    throw new ConfigError(sourceName, source.drawable, problems);
  }
  return toConfig(result.data);
}

function ownHosts(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return [hostname().toLowerCase(), ...addresses.map((entry) => entry.address.toLowerCase())];
}
