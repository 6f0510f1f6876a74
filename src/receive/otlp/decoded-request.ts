/** What both encodings of ExportLogsServiceRequest decode to, and how they say what is wrong with one. */
import type { ResourceLogs } from '../../component.ts';
import { RefusedError } from '../refusal.ts';

export interface DecodeLimits {
  /** Lists and maps inside one another in a single AnyValue. */
  readonly maxNestingDepth: number;
  /** Log records in one request: an empty one is two bytes as sent, and hundreds here. */
  readonly maxRecordsPerRequest: number;
}

export interface DecodedRequest {
  readonly resourceLogs: readonly ResourceLogs[];
  /** Log records in `resourceLogs`. */
  readonly logRecords: number;
  /** Log records that no retry can save; the others of the request are taken. */
  readonly rejected: Findings;
  /** Text that was not UTF-8. Nothing is refused for it: see `decode-protobuf.ts` and `decode-json.ts`. */
  readonly invalidUtf8: Findings;
}

export function tooManyRecords({ maxRecordsPerRequest }: DecodeLimits): RefusedError {
  return new RefusedError({
    reason: 'too_large',
    message: `request: expected at most ${maxRecordsPerRequest} log records (max_records_per_request), found more.`,
  });
}

/** How often something was found, and the first of them: the path of a field and what is wrong there. */
export interface Findings {
  readonly count: number;
  readonly field: string;
  readonly description: string;
}

/** One log record cannot be taken; caught where its request is decoded. */
export class RecordError extends Error {
  readonly field: string;
  readonly description: string;

  constructor(field: string, description: string) {
    super(`${field}: ${description}`);
    this.field = field;
    this.description = description;
  }
}

/** Counts findings and keeps the first. */
export class FindingCounter implements Findings {
  count = 0;
  field = '';
  description = '';

  add(field: string, description: string): void {
    if (this.count === 0) {
      this.field = field;
      this.description = description;
    }
    this.count += 1;
  }
}
