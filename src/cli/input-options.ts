/** Options that several commands share: which files, over which time, named how. */
import { type Command, InvalidArgumentError } from 'commander';
import { PermanentError, type SplunkMetadata } from '../component.ts';
import { type NamedWindow, resolveWindow } from '../service/time-window.ts';
import type { LoadProgress } from '../service/workbench.ts';
import { type Terminal, UsageError } from './command.ts';

export interface InputOptions {
  readonly earliest?: string;
  readonly latest?: string;
  readonly now?: string;
  readonly source?: string;
  readonly sourcetype?: string;
  readonly index?: string;
  readonly host?: string;
  readonly cluster?: string;
  readonly strictSplunk?: boolean;
  readonly format?: string;
}

/** Adds the window, the metadata and `--format` to a command. */
export function addInputOptions(command: Command): Command {
  return command
    .option('--earliest <time>', 'start of the window: -70m@m, an ISO time, epoch seconds', time)
    .option('--latest <time>', 'end of the window, not included', time)
    .option('--now <time>', "the search's own now (default: the newest event's time)", time)
    .option('--source <name>', 'Splunk source of the events (default: the file)')
    .option('--sourcetype <name>', 'Splunk sourcetype of the events')
    .option('--index <name>', 'Splunk index of the events')
    .option('--host <name>', 'Splunk host of the events')
    .option('--cluster <name>', 'cluster of events that name none')
    .option('--strict-splunk', 'follow Splunk to the letter where its rules make a search blind')
    .option('--format <format>', 'table, ndjson, json or csv (default: table on a terminal, ndjson in a pipe)');
}

export function metadataOf({ source, sourcetype, index, host }: InputOptions): SplunkMetadata {
  return {
    ...(source === undefined ? {} : { source }),
    ...(sourcetype === undefined ? {} : { sourcetype }),
    ...(index === undefined ? {} : { index }),
    ...(host === undefined ? {} : { host }),
  };
}

export function windowOf({ earliest, latest, now }: InputOptions): NamedWindow {
  return { earliest, latest, now };
}

export interface ContentOptions {
  readonly macros?: string;
  readonly lookups?: string;
}

/** Adds the user's own macros and lookups to a command. */
export function addContentOptions(command: Command): Command {
  return command
    .option('--macros <file>', 'macros of your own (default: config/macros.yaml)')
    .option('--lookups <folder>', 'lookups of your own (default: config/lookups)');
}

export interface GeoOptions {
  readonly geoDatabase?: string;
}

/** Adds the database that `iplocation` looks addresses up in, to a command that makes a database of its own. */
export function addGeoOption(command: Command): Command {
  return command.option(
    '--geo-database <file>',
    'city database for iplocation: a .mmdb file or a folder like that of the optional package (default: that package)',
  );
}

/** Throws UsageError where it stands beside `--server`, which looks addresses up itself. */
export function checkGeoOption({ server, geoDatabase }: GeoOptions & { readonly server?: string }): void {
  if (server === undefined || geoDatabase === undefined) return;
  throw new UsageError(
    '--geo-database: expected no --server; a service has that of its configuration (storage.geo_database).',
  );
}

export interface TokenOptions {
  readonly token?: ReadonlyMap<string, string>;
}

/** Adds values of the `$name$` in searches. */
export function addTokenOption(command: Command): Command {
  return command.option('--token <name=value>', 'value of $name$ in the search, as text (repeatable)', collectToken);
}

function collectToken(text: string, previous: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, name, value] = /^\$?([A-Za-z_][\w.]*)\$?=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Expected name=value.');
  return new Map([...(previous ?? []), [name, value]]);
}

/** For an option that may be given several times or with several values. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** A time as the searches take it, as it was written, for commander. */
export function time(text: string): string {
  try {
    resolveWindow({ now: text }, 0);
  } catch (error: unknown) {
    if (!(error instanceof PermanentError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
  return text;
}

/** The base URL of a running service's API, for commander. */
export function serverUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected http://… or https://….');
}

/** A number above zero, for commander. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

/** One line on standard error that counts up, on a terminal only; `clear` takes it away. */
export function progressLine({ stderr }: Terminal): {
  readonly show: (progress: LoadProgress) => void;
  readonly clear: () => void;
} {
  let shown = false;
  return {
    show: ({ file, records }) => {
      if (stderr.isTTY !== true) return;
      shown = true;
      stderr.write(`\r\u001b[K${file}: ${records.toLocaleString('en')} records`);
    },
    clear: () => {
      if (shown) stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}
