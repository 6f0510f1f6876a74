/**
 * One HEC event object to a log record.
 *
 *   time -> timeUnixNano, exactly          host, source, sourcetype, index -> resource attributes
 *   event: text -> body as it is           fields -> attributes, except otel.log.severity.* -> severity
 *   event: map or list -> body as a map, whose identity does not depend on the order of its keys: the Collector's
 *   exporter prints a map anew on every retry, in any order
 */
import type { AnyValue, SplunkMetadata } from '../../component.ts';
import { parseAnyValue } from './any-value.ts';
import { parseEpochNanos } from './epoch-time.ts';
import { type JsonScanner, parseJson } from './json-scanner.ts';
import type { HecEvent } from './record-groups.ts';
import { HecRefusedError, type ReplyCode } from './reply.ts';

/** What a request says about all of its events. */
export interface EventSource {
  /** Of the URL's query; an event's own counts more. */
  readonly metadata: SplunkMetadata;
  /** Whether the token may write to an index; undefined where nobody named one. */
  readonly mayWrite: (index: string | undefined) => boolean;
}

/** No audit event nests deeper (Kubernetes refuses requests beyond 10,000 levels); JSON.parse is kept from more. */
const MAX_PARSED_DEPTH = 20_000;

interface Member {
  readonly text: string;
  readonly depth: number;
}

/**
 * Reads the object at the scanner. Returns undefined for an object with `fields` and no `event` (a metric), a refusal
 * for an event that cannot be taken. Throws JsonSyntaxError where the text is no JSON object.
 */
export function readEvent(
  scanner: JsonScanner,
  number: number,
  source: EventSource,
  maxNestingDepth: number,
): HecEvent | HecRefusedError | undefined {
  const members = new Map<string, Member>();
  scanner.readObject((key, text, depth) => {
    if (depth <= MAX_PARSED_DEPTH && !KNOWN.has(key)) parseJson(text);
    members.set(key, { text, depth });
  });
  const refuse = (code: ReplyCode, why: string): HecRefusedError =>
    new HecRefusedError(code, `event ${number}: ${why}`, {
      // Splunk counts the event before it looks at its index.
      invalidEventNumber: code === 7 ? number + 1 : number,
    });
  try {
    return assemble(members, source, maxNestingDepth, refuse);
  } catch (error: unknown) {
    if (error instanceof HecRefusedError) return error;
    throw error;
  }
}

const KNOWN = new Set(['time', 'host', 'source', 'sourcetype', 'index', 'event', 'fields']);

type Refuse = (code: ReplyCode, why: string) => HecRefusedError;

function assemble(
  members: ReadonlyMap<string, Member>,
  source: EventSource,
  maxNestingDepth: number,
  refuse: Refuse,
): HecEvent | undefined {
  const event = members.get('event');
  const fields = members.get('fields');
  if (event === undefined) {
    if (fields === undefined) throw refuse(12, 'expected "event", found none.');
    return undefined;
  }
  const text = (name: keyof SplunkMetadata): string | undefined => readText(members.get(name), name, refuse);
  const index = text('index') ?? source.metadata.index;
  if (!source.mayWrite(index)) throw refuse(7, `index "${index ?? ''}": expected one that the token may write to.`);
  const metadata = {
    host: text('host') ?? source.metadata.host ?? '',
    source: text('source') ?? source.metadata.source ?? '',
    sourcetype: text('sourcetype') ?? source.metadata.sourcetype ?? '',
    index: index ?? '',
  };
  const { attributes, severityText, severityNumber } = readFields(fields, refuse);
  return {
    metadata,
    record: {
      timeUnixNano: readTime(members.get('time'), refuse),
      observedTimeUnixNano: 0n,
      severityNumber,
      severityText,
      body: readBody(event, maxNestingDepth, refuse),
      attributes,
      eventName: '',
    },
  };
}

function readBody({ text, depth }: Member, maxNestingDepth: number, refuse: Refuse): AnyValue {
  if (depth > MAX_PARSED_DEPTH) throw refuse(6, `event: expected at most ${MAX_PARSED_DEPTH} levels, found ${depth}.`);
  if (depth > 0 && depth <= maxNestingDepth) return parseAnyValue(text);
  const value = parseJson(text);
  if (value === null || value === false) throw refuse(6, `event: expected text, a number or an object, found ${text}.`);
  if (typeof value === 'string') {
    if (value.trim() === '') throw refuse(13, 'event: expected text, found none.');
    return value;
  }
  // A number keeps the digits it came with, and what nests too deep for a map stays the text it is.
  return text;
}

function readText(member: Member | undefined, name: string, refuse: Refuse): string | undefined {
  if (member === undefined) return undefined;
  if (member.depth > 0) throw refuse(6, `${name}: expected text, found a list or map.`);
  const value = parseJson(member.text);
  if (value === null || value === '') return undefined;
  return typeof value === 'string' ? value : member.text;
}

function readTime(member: Member | undefined, refuse: Refuse): bigint {
  const text = readText(member, 'time', refuse)?.trim() ?? '';
  if (text === '') return 0n;
  const nanos = parseEpochNanos(text);
  // Splunk answers a time that it cannot read with this code.
  if (nanos === null) throw refuse(15, `time: expected seconds since the epoch, found "${text.slice(0, 64)}".`);
  return nanos;
}

interface Fields {
  readonly attributes: Record<string, AnyValue>;
  readonly severityText: string;
  readonly severityNumber: number;
}

function readFields(member: Member | undefined, refuse: Refuse): Fields {
  const attributes = Object.create(null) as Record<string, AnyValue>;
  if (member === undefined || member.text === 'null') return { attributes, severityText: '', severityNumber: 0 };
  if (!member.text.startsWith('{')) throw refuse(6, 'fields: expected an object, found something else.');
  if (member.depth > 2) throw refuse(15, 'fields: expected flat values, found one inside another.');
  let severityText = '';
  let severityNumber = 0;
  for (const [key, value] of Object.entries(parseAnyValue(member.text) as Record<string, AnyValue>)) {
    if (!isFlat(value)) throw refuse(15, `fields."${key.slice(0, 64)}": expected a flat value, found a map.`);
    if (key === SEVERITY_TEXT && typeof value === 'string') severityText = value;
    else if (key === SEVERITY_NUMBER && isSeverity(value)) severityNumber = Number(value);
    else if (value !== null) attributes[key] = value;
  }
  return { attributes, severityText, severityNumber };
}

/** What the Collector's exporter calls them unless it is told otherwise. */
const SEVERITY_TEXT = 'otel.log.severity.text';
const SEVERITY_NUMBER = 'otel.log.severity.number';

function isSeverity(value: AnyValue): boolean {
  return (typeof value === 'number' || typeof value === 'string') && /^(?:\d|1\d|2[0-4])$/.test(String(value));
}

function isFlat(value: AnyValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
}
