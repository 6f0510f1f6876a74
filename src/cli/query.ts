/** What `search` and `sql` share: where the query runs, and how its result is printed. */
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { SqlStream } from '../component.ts';
import type { FileQuery } from '../service/query-files.ts';
import { queryServer, type ServerQuery, streamFromServer } from '../service/query-server.ts';
import { type ExitStatus, type Terminal, toStderr, UsageError } from './command.ts';
import { chooseFormat, type FormatName, writeResult } from './format/index.ts';
import {
  addGeoOption,
  type ContentOptions,
  checkGeoOption,
  collect,
  type GeoOptions,
  type InputOptions,
  metadataOf,
  progressLine,
  serverUrl,
  type TokenOptions,
  windowOf,
} from './input-options.ts';

export interface QueryOptions extends GeoOptions {
  readonly file?: readonly string[];
  readonly db?: string;
  readonly server?: string;
}

export interface Query {
  readonly language: 'sql' | 'spl';
  readonly query: string;
  /** Runs it over files, without a service. */
  local(text: string, query: FileQuery, consume: (stream: SqlStream) => Promise<void>): Promise<void>;
}

export function addQueryOptions(command: Command): Command {
  return addGeoOption(command)
    .option('--file <file>', 'recorded events (repeatable; - is standard input)', collect)
    .option('--db <path>', 'a storage directory that no service has open')
    .option('--server <url>', 'a running service, e.g. http://127.0.0.1:8080 (token: PINTAIL_TOKEN)', serverUrl);
}

export async function runQuery(
  query: Query,
  options: InputOptions & QueryOptions & ContentOptions & TokenOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const format = chooseFormat(options.format, terminal.stdout);
  const isLocal = options.file !== undefined || options.db !== undefined;
  if (isLocal === (options.server !== undefined)) {
    throw new UsageError('expected --file or --db, or else --server: where are the events?');
  }
  checkGeoOption(options);
  const consume = async (stream: SqlStream) => {
    await writeResult(format, terminal.stdout, stream.columns, stream.chunks());
  };
  if (options.server !== undefined) {
    if (options.strictSplunk === true) {
      throw new UsageError(
        '--strict-splunk: expected --file or --db; a service decides it in its configuration (spl.strict).',
      );
    }
    if (options.macros !== undefined || options.lookups !== undefined) {
      throw new UsageError('--macros, --lookups: expected --file or --db; a service has those of its configuration.');
    }
    return printFromServer(query, options, options.server, format, terminal);
  }
  const progress = progressLine(terminal);
  let problems = 0;
  const request: FileQuery = {
    files: options.file ?? [],
    database: options.db,
    geoDatabase: options.geoDatabase,
    metadata: metadataOf(options),
    cluster: options.cluster,
    window: windowOf(options),
    strictSplunk: options.strictSplunk ?? false,
    tokens: options.token,
    macros: options.macros,
    lookups: options.lookups,
    onProgress: progress.show,
    onShipped: toStderr(terminal),
    onProblem(message) {
      problems += 1;
      progress.clear();
      terminal.stderr.write(`${message}\n`);
    },
  };
  await query.local(query.query, request, async (stream) => {
    progress.clear();
    await consume(stream);
  });
  return problems === 0 ? 0 : 1;
}

async function printFromServer(
  { language, query }: Query,
  { earliest, latest, now, token: tokens }: InputOptions & TokenOptions,
  server: string,
  format: FormatName,
  { stdout, stderr, environment }: Terminal,
): Promise<ExitStatus> {
  let warnings = 0;
  const request: ServerQuery = {
    language,
    query,
    earliest,
    latest,
    now,
    tokens,
    server,
    token: environment.PINTAIL_TOKEN,
    onWarning(message) {
      warnings += 1;
      stderr.write(`${message}\n`);
    },
  };
  if (format === 'ndjson' || format === 'csv') {
    const form = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
    await pipeline(await streamFromServer(request, form), stdout, { end: false });
  } else {
    const result = await queryServer(request);
    await writeResult(format, stdout, result.columns, result.chunks());
  }
  return warnings === 0 ? 0 : 1;
}
