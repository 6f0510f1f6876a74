/**
 * A log record's body to its parts: the first stage of normalisation.
 *
 * A body may be text, bytes (UTF-8), a map or an array, and may hold one audit event, an EventList, a cloud's
 * envelope, an array of those, or several JSON documents one after the other; each becomes a part of its own
 * with its exact slice of the text. A text or array in which nothing is recognised stays one record.
 */
import type { AnyValue } from '../component.ts';
import { isAuditEvent } from './audit-event.ts';
import { openAks, openAksAttributes } from './envelopes/aks.ts';
import { openCriLine } from './envelopes/cri-line.ts';
import { clusterOfLogGroup, openEks } from './envelopes/eks.ts';
import { openEventList } from './envelopes/event-list.ts';
import { openGke } from './envelopes/gke.ts';
import { packedRecords } from './envelopes/packed.ts';
import { openWrappedLine } from './envelopes/wrapped-line.ts';
import {
  elements,
  identityText,
  isObject,
  type JsonNode,
  type JsonProblem,
  nodeOfValue,
  parseJson,
  splitDocuments,
} from './json-text.ts';
import type { AuditPart, LogPart, Part } from './part.ts';
import { printJson } from './print-json.ts';
import type { RecordContext } from './record-context.ts';
import { RowBudget, TooManyRowsError } from './row-budget.ts';
import type { Unpacker } from './unpack.ts';
import { isAuditStream, looksLikeAuditText, nameOfValue, unreadable } from './unreadable.ts';

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const EXPECTED_EVENT = 'an audit.k8s.io Event';

export interface OpenLimits {
  /** How deep JSON text may nest. */
  readonly maxNestingDepth: number;
  /** How many rows one record may become; one that would become more stays whole. */
  readonly maxRowsPerRecord: number;
  /** Left out: what is packed stays packed. */
  readonly unpacker: Unpacker | undefined;
}

/** `OpenLimits` of one record. */
interface Limits extends OpenLimits {
  readonly rows: RowBudget;
}

/** At least one part for every record; never throws, whatever the body holds. */
export function openRecord(context: RecordContext, limits: OpenLimits): readonly Part[] {
  try {
    return openBody(context, { ...limits, rows: new RowBudget(limits.maxRowsPerRecord) });
  } catch (error: unknown) {
    if (!(error instanceof TooManyRowsError)) throw error;
    return [wholeRecord(context, error)];
  }
}

function openBody(context: RecordContext, limits: Limits): readonly Part[] {
  const { body } = context.record;
  if (typeof body === 'string') return openText(body.toWellFormed(), context, limits);
  if (body instanceof Uint8Array) return openBytes(body, context, limits);
  if (body === null)
    return (
      openAksAttributes(context, limits.maxNestingDepth, limits.rows) ?? [plain('', '', context, 'an empty record')]
    );
  if (typeof body === 'object') return openValue(body, context, limits);
  return [plain(String(body), `${typeof body} ${body}`, context, `a ${typeof body}`)];
}

function openText(text: string, context: RecordContext, limits: Limits): readonly Part[] {
  if (!startsLikeJson(text)) {
    if (text === '') {
      const parts = openAksAttributes(context, limits.maxNestingDepth, limits.rows);
      if (parts !== null) return parts;
    }
    return openCriLine(text, limits.maxNestingDepth) ?? [notJson(text, context, limits)];
  }
  const parsed = parseJson(text, limits.maxNestingDepth);
  if ('problem' in parsed) {
    if (parsed.problem.continues) {
      const parts = openDocuments(splitDocuments(text, limits.rows.left + 1), context, limits);
      if (parts !== null) return parts;
    }
    return [broken(text, parsed.problem, context)];
  }
  const { node } = parsed;
  if (isObject(node.value) && isAuditEvent(node.value)) return [bareEvent(text, node, context)];
  return recognize(node, context, limits) ?? [plain(text, text, context, nameOfValue(node.value))];
}

function openBytes(bytes: Uint8Array, context: RecordContext, limits: Limits): readonly Part[] {
  const text = UTF8.decode(bytes);
  const parts = openText(text, context, limits);
  const [only] = parts;
  // Bytes that are no UTF-8 become U+FFFD in the text, so only the bytes tell two such records apart.
  if (parts.length !== 1 || only?.kind !== 'log') return parts;
  return [{ ...only, identityText: `bytes ${printJson(bytes)}` }];
}

function openValue(body: AnyValue, context: RecordContext, limits: Limits): readonly Part[] {
  const node = nodeOfValue(body);
  if (isObject(node.value) && isAuditEvent(node.value)) return [bareEvent(node.text, node, context)];
  const parts = recognize(node, context, limits);
  return parts ?? [plain(node.text, `map ${identityText(node)}`, context, nameOfValue(node.value))];
}

/** The documents' parts where at least one of them is an audit event or an envelope; null where none is. */
function openDocuments(documents: readonly string[], context: RecordContext, limits: Limits): readonly Part[] | null {
  limits.rows.take(documents.length);
  let isRecognized = false;
  const parts = documents.flatMap((document): readonly Part[] => {
    const parsed = parseJson(document, limits.maxNestingDepth);
    // Beside audit events what is broken was meant to be one too.
    if ('problem' in parsed) return [logPart(document, document, context, unreadable(parsed.problem))];
    const found = recognizeOne(parsed.node, document, context, limits);
    if (found !== null) isRecognized = true;
    return found ?? [plain(document, document, context, nameOfValue(parsed.node.value))];
  });
  return isRecognized ? parts : null;
}

/** An envelope's parts, or those of an array of events and envelopes; null where nothing is recognised. */
function recognize(node: JsonNode, context: RecordContext, limits: Limits): readonly Part[] | null {
  if (!Array.isArray(node.value)) return openEnvelope(node, context, limits);
  limits.rows.take(node.value.length);
  let isRecognized = false;
  const parts = elements(node).flatMap((element): readonly Part[] => {
    const found = recognizeOne(element, element.raw, context, limits);
    if (found !== null) isRecognized = true;
    return found ?? [plain(element.raw, identityText(element), context, nameOfValue(element.value))];
  });
  return isRecognized ? parts : null;
}

function recognizeOne(node: JsonNode, raw: string, context: RecordContext, limits: Limits): readonly Part[] | null {
  if (isObject(node.value) && isAuditEvent(node.value)) return [bareEvent(raw, node, context)];
  return openEnvelope(node, context, limits);
}

function openEnvelope(node: JsonNode, context: RecordContext, limits: Limits): readonly Part[] | null {
  const { maxNestingDepth, rows } = limits;
  return (
    openEventList(node, rows) ??
    openAks(node, maxNestingDepth, rows) ??
    openEks(node, maxNestingDepth, rows) ??
    openGke(node, context) ??
    openPacked(node, context, limits) ??
    openWrappedLine(node, maxNestingDepth)
  );
}

/** The parts of what a message carries packed; null where it carries nothing so. */
function openPacked(node: JsonNode, context: RecordContext, limits: Limits): readonly Part[] | null {
  const { unpacker } = limits;
  const found = unpacker === undefined ? null : packedRecords(node);
  if (found === null) return null;
  limits.rows.take(found.packed.length);
  // No cloud packs twice, and nobody else shall find out how often it can be done.
  const inside = { ...limits, unpacker: undefined };
  return found.packed.flatMap((packed): readonly Part[] => {
    const unpacked = unpacker?.unpack(packed) ?? { text: packed };
    if ('text' in unpacked) return openText(unpacked.text.toWellFormed(), context, inside);
    return [logPart(packed, packed, context, unreadable(unpacked.problem, ` in ${found.what}`))];
  });
}

/** The record as it came; marked only where it holds audit events or its stream should carry nothing else. */
function wholeRecord(context: RecordContext, { limit }: TooManyRowsError): LogPart {
  const { body } = context.record;
  const problem = { expected: `at most ${limit} events in one record`, found: 'more' };
  const keep = (text: string, identity: string): LogPart => {
    const isMarked = isAuditStream(context) || looksLikeAuditText(text);
    return logPart(text, identity, context, isMarked ? unreadable(problem) : null);
  };
  if (typeof body === 'string') return keep(body.toWellFormed(), body.toWellFormed());
  if (body instanceof Uint8Array) return keep(UTF8.decode(body), `bytes ${printJson(body)}`);
  const node = nodeOfValue(body);
  return keep(node.text, `map ${identityText(node)}`);
}

function bareEvent(raw: string, node: JsonNode, context: RecordContext): AuditPart {
  const cluster = clusterOfLogGroup(context.logGroup);
  return {
    kind: 'audit',
    raw,
    eventText: node.text === raw ? null : node.text,
    event: node.value as AuditPart['event'],
    identityText: node.origin === undefined ? raw : identityText(node),
    cloud: cluster === null ? null : 'eks',
    cluster,
    envelopeMicros: null,
  };
}

/** A record that is no audit event; marked only where its stream should carry nothing else. */
function plain(raw: string, identity: string, context: RecordContext, found: string): LogPart {
  const reason = isAuditStream(context) ? unreadable({ expected: EXPECTED_EVENT, found }) : null;
  return logPart(raw, identity, context, reason);
}

function notJson(text: string, context: RecordContext, limits: Limits): LogPart {
  if (!isAuditStream(context) && !looksLikeAuditText(text)) return logPart(text, text, context, null);
  const parsed = parseJson(text, limits.maxNestingDepth);
  const problem =
    'problem' in parsed ? parsed.problem : { expected: EXPECTED_EVENT, found: nameOfValue(parsed.node.value) };
  return logPart(text, text, context, unreadable(problem));
}

function broken(text: string, problem: JsonProblem, context: RecordContext): LogPart {
  const isMarked = problem.tooMuch || isAuditStream(context) || looksLikeAuditText(text);
  return logPart(text, text, context, isMarked ? unreadable(problem) : null);
}

function logPart(raw: string, identity: string, context: RecordContext, reason: string | null): LogPart {
  return {
    kind: 'log',
    raw,
    identityText: identity,
    cluster: clusterOfLogGroup(context.logGroup),
    envelopeMicros: null,
    unreadable: reason,
  };
}

function startsLikeJson(text: string): boolean {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let code = text.charCodeAt(at); code <= 0x20; code = text.charCodeAt(at)) at++;
  const first = text[at];
  return first === '{' || first === '[';
}
