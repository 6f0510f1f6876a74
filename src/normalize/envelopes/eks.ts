/**
 * EKS: control plane logs in CloudWatch Logs, group `/aws/eks/<cluster>/cluster`, audit events in the streams
 * `kube-apiserver-audit-*`. The message is the audit event's own JSON line.
 *
 * Opened here: the payload of a CloudWatch Logs subscription (`DATA_MESSAGE` with `logEvents`) and the answer
 * of `aws logs filter-log-events` / `get-log-events` (`events`). The awscloudwatch receiver sends bare
 * messages; for those the log group among the attributes tells cluster and cloud.
 * `packed.ts` undoes the gzip and base64 that Kinesis, Firehose and Lambda have around a payload.
 */

import { isAuditEvent } from '../audit-event.ts';
import { isObject, type JsonNode, type JsonObject, type JsonValue, parseJson } from '../json-text.ts';
import type { Part } from '../part.ts';
import type { RowBudget } from '../row-budget.ts';
import { isAuditLogStream, looksLikeAuditText, nameOfValue, unreadable } from '../unreadable.ts';

/** The cluster that an EKS log group names; null for other groups. */
export function clusterOfLogGroup(logGroup: string | null): string | null {
  return logGroup === null ? null : (/^\/aws\/eks\/(.+)\/cluster$/.exec(logGroup)?.[1] ?? null);
}

/** One part per log event; null where the node is no CloudWatch payload. */
export function openEks(node: JsonNode, maxNestingDepth: number, rows: RowBudget): readonly Part[] | null {
  const { value } = node;
  if (!isObject(value)) return null;
  const events = value.messageType === 'DATA_MESSAGE' ? value.logEvents : value.events;
  if (!Array.isArray(events) || events.length === 0 || !events.every(isLogEvent)) return null;
  rows.take(events.length);
  return (events as readonly LogEvent[]).map((event) => openLogEvent(event, value, maxNestingDepth));
}

interface LogEvent extends JsonObject {
  readonly message: string;
}

function isLogEvent(value: JsonValue): value is LogEvent {
  return isObject(value) && typeof value.message === 'string' && value.timestamp !== undefined;
}

function openLogEvent(logEvent: LogEvent, payload: JsonObject, maxNestingDepth: number): Part {
  const raw = logEvent.message.toWellFormed();
  const logGroup = readText(payload.logGroup);
  const logStream = readText(payload.logStream) ?? readText(logEvent.logStreamName);
  const { timestamp } = logEvent;
  const common = {
    raw,
    identityText: raw,
    cluster: clusterOfLogGroup(logGroup),
    envelopeMicros: typeof timestamp === 'number' && Number.isSafeInteger(timestamp * 1000) ? timestamp * 1000 : null,
  };
  const parsed = parseJson(raw, maxNestingDepth);
  if ('node' in parsed && isObject(parsed.node.value) && isAuditEvent(parsed.node.value)) {
    const { text, value } = parsed.node;
    return { kind: 'audit', ...common, event: value, eventText: text === raw ? null : text, cloud: 'eks' };
  }
  if (!isAuditLogStream(logStream) && !looksLikeAuditText(raw)) return { kind: 'log', ...common, unreadable: null };
  const problem =
    'problem' in parsed ? parsed.problem : { expected: 'an audit.k8s.io Event', found: nameOfValue(parsed.node.value) };
  return { kind: 'log', ...common, unreadable: unreadable(problem, ' in the message of a CloudWatch log event') };
}

function readText(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
