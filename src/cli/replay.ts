/** `pintail replay`: recorded events to a running service over OTLP. */
import { InvalidArgumentError } from 'commander';
import { isReceiverUrl, replayFiles } from '../service/replay-files.ts';
import { resolveWindow } from '../service/time-window.ts';
import type { RegisterCommand } from './command.ts';
import { positiveNumber, progressLine, time } from './input-options.ts';

interface ReplayOptions {
  readonly to: string;
  readonly rate?: number;
  readonly shiftTo?: string;
  readonly cluster?: string;
  readonly source?: string;
  readonly sourcetype?: string;
}

export const registerReplay: RegisterCommand = (program, terminal, report) => {
  program
    .command('replay')
    .description('send recorded audit events to a running service over OTLP')
    .argument('<file...>', 'NDJSON, JSON, gzip, zstd, EventList, cloud envelopes; - is standard input')
    .option(
      '--to <url>',
      'http://, https://, grpc:// or grpcs:// (token: PINTAIL_TOKEN)',
      receiverUrl,
      'http://127.0.0.1:4318',
    )
    .option('--rate <events>', 'events per second (default: as fast as they are taken)', eventsPerSecond)
    .option('--shift-to <time>', 'move the events in time so that the newest is then, e.g. now', time)
    .option('--cluster <name>', 'k8s.cluster.name of the events')
    .option('--source <name>', 'com.splunk.source of the events')
    .option('--sourcetype <name>', 'com.splunk.sourcetype of the events')
    .action(async (files: string[], options: ReplayOptions) => {
      const progress = progressLine(terminal);
      const { shiftTo, source, sourcetype } = options;
      const now = Date.now() / 1000;
      let problems = 0;
      const totals = await replayFiles({
        files,
        to: options.to,
        rate: options.rate,
        shiftTo: shiftTo === undefined ? undefined : (resolveWindow({ latest: shiftTo }, now).latest ?? now),
        cluster: options.cluster,
        metadata: {
          ...(source === undefined ? {} : { source }),
          ...(sourcetype === undefined ? {} : { sourcetype }),
        },
        token: terminal.environment.PINTAIL_TOKEN,
        onProgress: (records) => progress.show({ file: options.to, records }),
        onProblem(message) {
          problems += 1;
          terminal.stderr.write(`${message}\n`);
        },
        onWait: (message) => terminal.stderr.write(`${message}\n`),
      });
      progress.clear();
      terminal.stderr.write(`Sent ${totals.records} records to ${options.to}; ${totals.rejected} were rejected.\n`);
      report(totals.rejected === 0 && problems === 0 ? 0 : 1);
    });
};

/** Slower than this, the wait for the next event would be longer than a timer can hold. */
const LEAST_RATE = 0.000_001;

function eventsPerSecond(text: string): number {
  const rate = positiveNumber(text);
  if (rate >= LEAST_RATE) return rate;
  throw new InvalidArgumentError('Expected at least 0.000001, an event in twelve days.');
}

function receiverUrl(text: string): string {
  if (isReceiverUrl(text)) return text;
  throw new InvalidArgumentError('Expected http://…, https://…, grpc://… or grpcs://….');
}
