/** What only the running service knows: refusals, what volume rules left out, the spool, disk and memory. */
import { readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { printBytes } from '../../store/print-bytes.ts';
import type { VolumeRuleCount } from '../volume-rules.ts';
import { isoTime, type Severity, type Symptom, showCount, showSeconds } from './report.ts';

export interface ServiceReadings {
  /** Values of one metric by their labels, since the start where it counts. */
  readonly read: (metric: string) => Promise<readonly MetricValue[]>;
  readonly volume: readonly VolumeRuleCount[];
  /** Epoch seconds. */
  readonly startedAt: number;
  readonly storage: {
    readonly directory: string;
    readonly memoryLimitBytes: number;
    readonly spoolBytes: number;
    readonly freeDiskBytes: number;
  };
}

export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LOAD_WAIT_SECONDS = 60;
/** Of a bound: what comes near it. */
const MOST = 0.5;
const NEARLY = 0.9;

/** By reason: how bad it is that it happened at all, and what to do. */
const REFUSALS: Readonly<Record<string, { readonly severity: Severity; readonly advice: string }>> = {
  busy: {
    severity: 'warning',
    advice:
      'Senders try again for some minutes. If it goes on, raise max_concurrent_requests or max_in_flight_size of that receiver, or send less at once.',
  },
  unavailable: {
    severity: 'problem',
    advice:
      'The store could not take them: the disk is full or too slow, or the spool is at storage.max_spool_size. Senders try again for some minutes only.',
  },
  unauthenticated: {
    severity: 'problem',
    advice: 'Senders drop these. They show no token or an unknown one, mistyped perhaps: give them one of api.tokens (scope ingest) or of the receiver.',
  },
  forbidden: { severity: 'problem', advice: 'Senders drop these; the log has the first. The token lacks the scope ingest, is disabled, or came in the URL without allow_query_string; or no entry of tls.client_clusters knows the certificate, or it is of another cluster than the token.' },
  too_large: {
    severity: 'problem',
    advice: 'Senders drop these. Send smaller batches (send_batch_max_size) or raise the size limit of that receiver.',
  },
  bad_data: { severity: 'problem', advice: 'Senders drop these. The log has the first error: what sends there speaks another protocol or is broken.' },
  permanent: { severity: 'problem', advice: 'Senders drop these. The log has the reason.' },
  unsupported_encoding: { severity: 'problem', advice: 'Senders drop these. Use gzip, zstd, deflate or no compression.' },
  unsupported_content_type: { severity: 'problem', advice: 'Senders drop these. The log has what was expected.' },
  unknown_path: { severity: 'warning', advice: 'Something asks for a path that this receiver does not have; docs/receivers.md names them.' },
  wrong_method: { severity: 'warning', advice: 'Something asks with another method; docs/receivers.md names them.' },
  timeout: { severity: 'warning', advice: 'Requests did not arrive in time: a slow network, or request_timeout is too short.' },
  internal: { severity: 'problem', advice: 'A defect of pintail: its log has the case.' },
}; // biome-ignore format: a flat table

export async function examineService(readings: ServiceReadings): Promise<readonly Symptom[]> {
  return [
    ...(await storeSymptoms(readings)),
    ...(await refusalSymptoms(readings)),
    ...readings.volume.filter(({ dropped }) => dropped > 0).map((count) => volumeSymptom(count, readings.startedAt)),
  ];
}

async function storeSymptoms({ read, storage, startedAt }: ServiceReadings): Promise<readonly Symptom[]> {
  const symptoms: Symptom[] = [];
  const add = (severity: Severity, code: string, finding: string, advice: string): void => {
    symptoms.push({ severity, code, subject: 'store', finding, advice });
  };
  const wait = only(await read('pintail_store_load_wait_seconds'));
  if (wait > LOAD_WAIT_SECONDS) {
    const advice = 'Rows are safe on disk, and detections do not see them. The log says why a load failed.';
    add('problem', 'load-stands-still', `Received rows have waited for ${showSeconds(wait)} to be loaded.`, advice);
  }
  const spool = only(await read('pintail_store_spool_bytes'));
  if (spool > storage.spoolBytes * MOST) {
    const advice = 'At the limit senders are refused. See that loads go on; raise storage.max_spool_size for longer peaks.';
    add('problem', 'spool-fills', `${printBytes(spool)} wait to be loaded, of ${printBytes(storage.spoolBytes)}.`, advice);
  }
  const { bavail, bsize } = await statfs(storage.directory);
  const free = bavail * bsize;
  if (free < storage.freeDiskBytes * 2) {
    const severity = free < storage.freeDiskBytes ? 'problem' : 'warning';
    const advice = `Below storage.min_free_disk (${printBytes(storage.freeDiskBytes)}) senders are refused. Make room, or keep less (storage.retention).`;
    add(severity, 'disk-full', `${printBytes(free)} are free on the disk of ${storage.directory}.`, advice);
  }
  const resident = process.memoryUsage.rss();
  if (resident > storage.memoryLimitBytes * NEARLY) {
    const severity = resident > storage.memoryLimitBytes ? 'problem' : 'warning';
    const advice = 'Give the container a limit above storage.memory_limit, or lower what runs at once (max_parallel_runs, api.query.max_concurrent).';
    add(severity, 'memory-full', `The process holds ${printBytes(resident)} of ${printBytes(storage.memoryLimitBytes)}.`, advice);
  }
  const aside = await readdir(join(storage.directory, 'quarantine'));
  if (aside.length > 0) {
    const finding = `${showCount(aside.length, 'spool file')} put aside: damaged, or impossible to load.`;
    add('problem', 'quarantined-segments', finding, quarantineAdvice(join(storage.directory, 'quarantine')));
  }
  const failures = only(await read('pintail_store_load_failures_total'));
  if (failures > 0 && wait <= LOAD_WAIT_SECONDS) {
    const advice = 'They went through later. The log has the reason of each.';
    add('warning', 'failed-loads', `${showCount(failures, 'load')} failed since the start at ${isoTime(startedAt)}.`, advice);
  }
  return symptoms;
} // biome-ignore format: sentences

/** The files keep the form of the spool, `src/store/spool-format.ts`. */
function quarantineAdvice(folder: string): string {
  return [
    `Look at ${folder} and at the log, which says of each file what it lacks.`,
    'Of a damaged file the intact batches are in the tables and the damaged ones are not; of a file that could not be loaded nothing is.',
    'What is missing was acknowledged: see that the disk is sound, and send the events of that time again from where they come from (pintail replay); copies are dropped.',
    'The files are Parquet of the spool’s own columns; a damaged one may lack the footer that readers want. Do not put them back into spool: a start deletes there what it has passed. Take them away once you need them no more.',
  ].join(' ');
}

async function refusalSymptoms({ read, startedAt }: ServiceReadings): Promise<readonly Symptom[]> {
  const refused = (await read('pintail_receiver_refused_requests_total')).filter(({ value }) => value > 0);
  const rejected = (await read('pintail_receiver_rejected_log_records_total')).filter(({ value }) => value > 0);
  return [
    ...refused.map(({ labels, value }): Symptom => {
      const { receiver = '', reason = '' } = labels;
      const known = REFUSALS[reason] ?? { severity: 'warning', advice: 'The log has the reason.' };
      return {
        severity: known.severity,
        code: `refused-${reason.replaceAll('_', '-')}`,
        subject: `receiver ${receiver}`,
        finding: `${showCount(value, 'request')} refused since the start at ${isoTime(startedAt)}: ${reason.replaceAll('_', ' ')}.`,
        advice: known.advice,
      };
    }),
    ...rejected.map(
      ({ labels, value }): Symptom => ({
        severity: 'problem',
        code: 'rejected-records',
        subject: `receiver ${labels.receiver}`,
        finding: `${showCount(value, 'record')} of requests that were taken refused for good since the start at ${isoTime(startedAt)}.`,
        advice: 'Senders drop these. The answer named the first one of each request; the sender’s log has it.',
      }),
    ),
  ];
}

function volumeSymptom({ rule, keptShare, dropped }: VolumeRuleCount, startedAt: number): Symptom {
  const kept =
    keptShare === 0 ? 'drops what it matches' : `keeps ${Number((keptShare * 100).toFixed(6))} % of what it matches`;
  return {
    severity: 'note',
    code: 'volume-rule',
    subject: `volume rule ${rule}`,
    finding: `${showCount(dropped, 'event')} left out since the start at ${isoTime(startedAt)}; it ${kept}.`,
    advice: 'Detections do not see them. Change volume.rules if they should.',
  };
}

function only(values: readonly MetricValue[]): number {
  return values.reduce((sum, { value }) => sum + value, 0);
}
