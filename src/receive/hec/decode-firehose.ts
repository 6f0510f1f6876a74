/**
 * What Amazon Data Firehose posts to an HTTP endpoint, to log records:
 *
 *   {"requestId":…,"timestamp":…,"records":[{"data":<base64>}, …]}
 *
 * Behind a subscription of CloudWatch Logs each record is gzip once more; it is unpacked here, all of them together within the
 * bound on a request's size. A record that cannot be unpacked is kept as it came, in the envelope that says what it is, and marked
 * unreadable where it is normalised: to refuse it would make Firehose send the others with it again and again.
 */
import type { AttributeMap, LogRecord, ResourceLogs, SplunkMetadata } from '../../component.ts';
import { BadDataError } from '../bad-data-error.ts';
import { boundBrackets } from '../json-weight.ts';
import { RecordGroups } from './record-groups.ts';

export interface FirehoseRequest {
  /** The body, unpacked. */
  readonly text: string;
  readonly metadata: SplunkMetadata;
  /** Of every record. */
  readonly attributes: AttributeMap;
}

export interface DecodedFirehose {
  readonly resourceLogs: readonly ResourceLogs[];
  readonly logRecords: number;
}

/**
 * `gunzip` rejects with BadDataError for damaged bytes, with a refusal beyond the bound. Rejects with BadDataError where the body is
 * no Firehose request, a `too_large` refusal for too many records.
 */
export async function decodeFirehose(
  { text, metadata, attributes }: FirehoseRequest,
  gunzip: (bytes: Buffer) => Promise<Buffer>,
  maxEvents: number,
): Promise<DecodedFirehose> {
  const groups = new RecordGroups(maxEvents);
  for (const packed of packedOf(text)) {
    const body = await unpack(packed, gunzip);
    const record: LogRecord = {
      timeUnixNano: 0n,
      observedTimeUnixNano: 0n,
      severityNumber: 0,
      severityText: '',
      body: body ?? JSON.stringify({ requestId: '', records: [{ data: packed }] }),
      attributes,
      eventName: '',
    };
    groups.add({ metadata, record });
  }
  return { resourceLogs: groups.resourceLogs, logRecords: groups.logRecords };
}

const NONE = Object.freeze(Object.create(null)) as AttributeMap;

/** What the stream's owner has every request say: `{"commonAttributes":{"k8s.cluster.name":"prod"}}`, in a header. */
export function readCommonAttributes(header: string | undefined): AttributeMap {
  if (header === undefined) return NONE;
  const { commonAttributes } = objectOf(header, 'x-amz-firehose-common-attributes');
  const attributes = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(commonAttributes ?? {})) {
    if (typeof value === 'string') attributes[name] = value;
  }
  return attributes;
}

function packedOf(text: string): readonly string[] {
  const { records } = objectOf(text, 'body');
  if (!Array.isArray(records)) throw new BadDataError('records', `expected an array, found ${nameOf(records)}.`);
  return records.map((record: unknown, index) => {
    const data: unknown = typeof record === 'object' && record !== null && 'data' in record ? record.data : undefined;
    if (typeof data === 'string') return data;
    throw new BadDataError(`records[${index}].data`, `expected base64, found ${nameOf(data)}.`);
  });
}

function objectOf(text: string, what: string): Readonly<Record<string, unknown>> {
  boundBrackets(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error: unknown) {
    // Deep nesting ends in a RangeError.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new BadDataError(what, `expected JSON, found: ${error.message}.`, { cause: error });
  }
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new BadDataError(what, `expected an object, found ${nameOf(value)}.`);
}

/** Null where it is not what it should be. */
async function unpack(packed: string, gunzip: (bytes: Buffer) => Promise<Buffer>): Promise<string | null> {
  if (packed.length % 4 === 1 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return null;
  const bytes = Buffer.from(packed, 'base64');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString();
  try {
    return (await gunzip(bytes)).toString();
  } catch (error: unknown) {
    if (error instanceof BadDataError) return null;
    throw error;
  }
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
