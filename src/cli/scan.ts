/** `pintail scan`: every detection once over recorded files. */
import type { SqlColumn, SqlRow } from '../component.ts';
import { type Scan, type ScanRequest, scanFiles, UnknownDetectionError } from '../service/scan-files.ts';
import { type ExitStatus, type RegisterCommand, type Terminal, UsageError } from './command.ts';
import { chooseFormat, type FormatName, printable, writeResult } from './format/index.ts';
import {
  addContentOptions,
  addGeoOption,
  addInputOptions,
  type ContentOptions,
  collect,
  type GeoOptions,
  type InputOptions,
  metadataOf,
  progressLine,
  windowOf,
} from './input-options.ts';

interface ScanOptions extends InputOptions, ContentOptions, GeoOptions {
  readonly detections?: readonly string[];
  readonly detection?: readonly string[];
  readonly db?: string;
}

const columns = [
  { name: 'detection', type: 'VARCHAR' },
  { name: 'fields', type: 'JSON' },
];

export const registerScan: RegisterCommand = (program, terminal, report) => {
  const command = program
    .command('scan')
    .description('run every detection once over recorded files, without a service')
    .argument('<file...>', 'NDJSON, JSON, gzip, zstd, EventList, cloud envelopes; - is standard input')
    .option('--detections <path>', 'detection file or folder (repeatable; default: the shipped ones)', collect)
    .option('--detection <name>', 'only this detection, by name or view name (repeatable)', collect)
    .option('--db <path>', 'keep the loaded events in this storage directory');
  addInputOptions(addContentOptions(addGeoOption(command))).action(async (files: string[], options: ScanOptions) => {
    report(await scan(files, options, terminal));
  });
};

async function scan(files: readonly string[], options: ScanOptions, terminal: Terminal): Promise<ExitStatus> {
  const format = chooseFormat(options.format, terminal.stdout);
  const progress = progressLine(terminal);
  let problems = 0;
  const onProblem = (message: string) => {
    problems += 1;
    progress.clear();
    terminal.stderr.write(`${message}\n`);
  };
  const request: ScanRequest = {
    files,
    detectionPaths: options.detections,
    detectionNames: options.detection,
    macros: options.macros,
    lookups: options.lookups,
    database: options.db,
    geoDatabase: options.geoDatabase,
    metadata: metadataOf(options),
    cluster: options.cluster,
    window: windowOf(options),
    strictSplunk: options.strictSplunk ?? false,
    onProgress: progress.show,
    onNote(message) {
      terminal.stderr.write(`${message}\n`);
    },
    onProblem,
  };
  try {
    await scanFiles(request, async (loaded) => {
      progress.clear();
      if (format === 'table') await printTables(loaded, terminal, onProblem);
      else await printRows(loaded, format, terminal, onProblem);
      printTotals(loaded.totals, terminal, onProblem);
    });
  } catch (error: unknown) {
    if (error instanceof UnknownDetectionError) throw new UsageError(error.message);
    throw error;
  }
  return problems === 0 ? 0 : 1;
}

/** For machines: one stream of rows, each with its detection's name. */
async function printRows(
  loaded: Scan,
  format: FormatName,
  terminal: Terminal,
  onProblem: (message: string) => void,
): Promise<void> {
  async function* rows(): AsyncGenerator<readonly SqlRow[]> {
    for (const detection of loaded.detections) {
      const found: SqlRow[][] = [];
      await guarded(detection.detection.name, onProblem, () =>
        loaded.run(detection, async (stream) => {
          for await (const chunk of stream.chunks()) {
            found.push(
              chunk.map((fields) => ({ detection: detection.detection.name, fields: withoutMissing(fields) })),
            );
          }
        }),
      );
      yield* found;
    }
  }
  await writeResult(format, terminal.stdout, columns, rows());
}

/** For people: a table per detection that found something, then what found nothing. */
async function printTables(loaded: Scan, terminal: Terminal, onProblem: (message: string) => void): Promise<void> {
  const quiet: string[] = [];
  for (const compiled of loaded.detections) {
    const { name, type } = compiled.detection;
    const found: (readonly SqlRow[])[] = [];
    let shown: readonly SqlColumn[] = [];
    const ran = await guarded(name, onProblem, () =>
      loaded.run(compiled, async (stream) => {
        shown = stream.columns;
        for await (const rows of stream.chunks()) if (rows.length > 0) found.push(rows);
      }),
    );
    if (!ran) continue;
    if (found.length === 0) {
      quiet.push(name);
      continue;
    }
    terminal.stdout.write(`${printable(name)} (${type})\n`);
    await writeResult('table', terminal.stdout, shown, found);
    terminal.stdout.write('\n');
  }
  if (quiet.length > 0) terminal.stdout.write(`Nothing found: ${quiet.map(printable).join('; ')}.\n`);
}

/** What was looked at, in every format, so that nothing found in a broken file does not look like a clean one. */
function printTotals(totals: Scan['totals'], { stderr }: Terminal, onProblem: (message: string) => void): void {
  const { audit, logs, unreadable, firstUnreadable } = totals;
  stderr.write(`Read ${audit} audit events and ${logs} other records (${unreadable} of them unreadable).\n`);
  if (firstUnreadable === null) return;
  const what =
    unreadable === 1
      ? '1 record that should be an audit event was'
      : `${unreadable} records that should be audit events were`;
  onProblem(`scan: ${what} not searched; the first: ${printable(firstUnreadable)}`);
}

/** A detection that fails is a problem that is named, and does not stop the others. */
async function guarded(
  name: string,
  onProblem: (message: string) => void,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error: unknown) {
    if (!(error instanceof Error)) throw error;
    onProblem(`${name}: ${error.message}`);
    return false;
  }
}

function withoutMissing(fields: SqlRow): SqlRow {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
