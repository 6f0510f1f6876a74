/**
 * Files as record batches, for scan, search, sql and replay: NDJSON, JSON documents (pretty-printed, one after
 * the other, arrays), gzip and zstd, standard input. A file is streamed, so its size does not matter.
 *
 * What a record is, event, envelope or plain text, is for `normalize` to judge.
 */
import type { Readable } from 'node:stream';
import type { AttributeMap, LogRecord, RecordBatch, SplunkMetadata } from '../../component.ts';
import { InputError } from './input-error.ts';
import { openInput } from './open-input.ts';
import { RecordSplitter } from './record-splitter.ts';

export { InputError } from './input-error.ts';

export interface ReadOptions {
  /** The cluster of records that name none. */
  readonly cluster?: string;
  /** Splunk metadata; `source` defaults to the path. */
  readonly metadata?: SplunkMetadata;
  /** Records in a batch at most. Default 8,192. */
  readonly batchSize?: number;
  /** Bytes of one line or JSON document at most. Default 64 MiB. A longer one is passed over and told to `onProblem`. */
  readonly maxRecordBytes?: number;
  /**
   * Told of every record that was passed over. Without it the iteration fails with the first of them once
   * everything else was handed on.
   */
  readonly onProblem?: (problem: InputError) => void;
  /** Read where the path is `-`. Default process.stdin. */
  readonly stdin?: Readable;
}

export const DEFAULT_BATCH_SIZE = 8192;
export const DEFAULT_MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** A batch is handed on early once its texts come to this many characters. */
const MAX_BATCH_CHARACTERS = 16 * 1024 * 1024;

/**
 * The records of a file (`-`: standard input) in batches, in order. Fails with InputError where the file cannot
 * be read; what was read until then has been handed on.
 *
 * A record without an auditID carries its line as the attribute `log.file.record_number`, as the Collector's
 * filelog receiver does on request: nothing else tells equal lines of a file apart, and none may get lost.
 */
export async function* readRecordBatches(path: string, options: ReadOptions = {}): AsyncGenerator<RecordBatch> {
  const name = path === '-' ? 'standard input' : path;
  const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
  const maxRecordBytes = options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES;
  const full: (readonly LogRecord[])[] = [];
  const problems: InputError[] = [];
  let records: LogRecord[] = [];
  let characters = 0;

  const splitter = new RecordSplitter(
    {
      record(text, line) {
        records.push(recordOf(text, line));
        characters += text.length;
        if (records.length < batchSize && characters < MAX_BATCH_CHARACTERS) return;
        full.push(records);
        records = [];
        characters = 0;
      },
      tooLong(line) {
        const bound = `a record of at most ${maxRecordBytes} bytes`;
        problems.push(new InputError({ path: name, line }, `expected ${bound}, found a longer one; it was left out.`));
      },
    },
    maxRecordBytes,
  );

  let firstProblem: InputError | null = null;
  let problemCount = 0;
  function takeProblems(): void {
    problemCount += problems.length;
    firstProblem ??= problems[0] ?? null;
    for (const problem of problems.splice(0)) options.onProblem?.(problem);
  }

  let failure: unknown = null;
  try {
    for await (const chunk of openInput(path, options.stdin ?? process.stdin)) {
      splitter.push(chunk);
      takeProblems();
      for (const batch of full.splice(0)) yield batchOf(batch, name, options);
    }
  } catch (error: unknown) {
    failure = error;
  }
  splitter.end();
  takeProblems();
  if (records.length > 0) full.push(records);
  for (const batch of full.splice(0)) yield batchOf(batch, name, options);
  if (failure !== null) throw failure;
  if (options.onProblem === undefined && firstProblem !== null) throw countedProblem(firstProblem, problemCount);
}

function countedProblem(first: InputError, count: number): InputError {
  if (count === 1) return first;
  return new InputError({ path: first.path }, `${count} records were left out; the first: ${first.message}`);
}

const NO_ATTRIBUTES: AttributeMap = {};

function recordOf(text: string, line: number): LogRecord {
  return {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    body: text,
    attributes: text.includes('auditID') ? NO_ATTRIBUTES : { 'log.file.record_number': line },
    eventName: '',
  };
}

function batchOf(logRecords: readonly LogRecord[], name: string, options: ReadOptions): RecordBatch {
  return {
    receiver: 'file',
    resourceLogs: [{ resourceAttributes: NO_ATTRIBUTES, logRecords }],
    metadata: { source: name, ...options.metadata },
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
  };
}
