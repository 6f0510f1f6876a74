/** `pintail check`: what content needs, what of it cannot run or be fed, and what looks wrong in it. */
import { loadConfig } from '../config/index.ts';
import { checkFiles } from '../service/check-content.ts';
import { type ExitStatus, type RegisterCommand, type Terminal, toStderr, UsageError } from './command.ts';
import {
  addGeoOption,
  checkGeoOption,
  collect,
  type GeoOptions,
  type InputOptions,
  metadataOf,
  progressLine,
  serverUrl,
} from './input-options.ts';
import { type CheckReport, printReport } from './print-report.ts';

interface CheckCommandOptions extends InputOptions, GeoOptions {
  readonly format: string;
  readonly config?: string;
  readonly macros?: string;
  readonly lookups?: string;
  readonly file?: readonly string[];
  readonly db?: string;
  readonly server?: string;
}

export const registerCheck: RegisterCommand = (program, terminal, report) => {
  const command = program
    .command('check')
    .description(
      'say per detection: compiles or why not, the data it needs, what is suspicious, what the data at hand lacks',
    )
    .argument('<path...>', 'files, folders, a Splunk app, a checkout of security_content')
    .option('--file <file>', 'recorded events to check against (repeatable; - is standard input)', collect)
    .option('--db <path>', 'a storage directory that no service has open')
    .option('--server <url>', 'a running service, e.g. http://127.0.0.1:8080 (token: PINTAIL_TOKEN)', serverUrl)
    .option('--config <file>', 'name the volume rules of a configuration that leave out what a search looks at')
    .option('--macros <file>', 'macros of your own (default: config/macros.yaml)')
    .option('--lookups <folder>', 'lookups of your own (default: config/lookups)')
    .option('--source <name>', 'Splunk source of the events (default: the file)')
    .option('--sourcetype <name>', 'Splunk sourcetype of the events')
    .option('--index <name>', 'Splunk index of the events')
    .option('--host <name>', 'Splunk host of the events')
    .option('--cluster <name>', 'cluster of events that name none')
    .option('--strict-splunk', 'follow Splunk to the letter where its rules make a search blind')
    .option('--format <format>', 'table or json', 'table');
  addGeoOption(command).action(async (paths: string[], options: CheckCommandOptions) => {
    report(await check(paths, options, terminal));
  });
};

async function check(paths: readonly string[], options: CheckCommandOptions, terminal: Terminal): Promise<ExitStatus> {
  if (options.format !== 'table' && options.format !== 'json') {
    throw new UsageError(`--format: expected table or json, found "${options.format}".`);
  }
  const config = options.config === undefined ? undefined : await loadConfig(options.config, terminal.environment);
  const progress = progressLine(terminal);
  let unread = 0;
  const result = await checkFiles({
    paths,
    macros: options.macros,
    lookups: options.lookups,
    strictSplunk: options.strictSplunk ?? false,
    config,
    events: eventsOf(options, terminal),
    onLoad: progress.show,
    onShipped: toStderr(terminal),
    onProblem(message) {
      unread += 1;
      progress.clear();
      terminal.stderr.write(`${message}\n`);
    },
  });
  progress.clear();
  if (options.format === 'json') terminal.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else terminal.stdout.write(printReport(result));
  if (result.searches.length === 0 && result.problems.length === 0) {
    terminal.stderr.write(`check: expected detections in ${paths.join(', ')}, found none.\n`);
    return 1;
  }
  return unread === 0 && isClean(result) ? 0 : 1;
}

/** Suspicions are advice: the search runs as written. */
function isClean({ totals, problems }: CheckReport): boolean {
  return totals.refused === 0 && (totals.blind ?? 0) === 0 && problems.length === 0;
}

function eventsOf(options: CheckCommandOptions, terminal: Terminal) {
  checkGeoOption(options);
  const { file, db, server, cluster, geoDatabase } = options;
  const isLocal = file !== undefined || db !== undefined;
  if (isLocal && server !== undefined) {
    throw new UsageError('expected --file or --db, or else --server: where are the events?');
  }
  if (server !== undefined) return { kind: 'server', server, token: terminal.environment.PINTAIL_TOKEN } as const;
  if (!isLocal) return null;
  return {
    kind: 'files',
    files: file ?? [],
    database: db,
    geoDatabase,
    metadata: metadataOf(options),
    cluster,
  } as const;
}
