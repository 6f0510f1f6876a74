/**
 * Which records should have been audit events though they are none, and the words for it.
 *
 * Two signs: the text itself holds what only an audit event holds (a truncated line), or the record came on a
 * stream that carries nothing but audit events (klog text on it). A file called audit.log alone is no sign:
 * auditd writes one too.
 */
import type { JsonProblem } from './json-text.ts';
import type { RecordContext } from './record-context.ts';

// Members by name with their colon, also inside a JSON string, so that prose about them is no sign.
const AUDIT_TEXT =
  /\\?"(?:auditID|stageTimestamp|requestReceivedTimestamp)\\*"\s*:|authorization\.k8s\.io\/decision|audit\.k8s\.io\/v\d/;
// The chart calls the logs of a container kube:container:<its name>.
const AUDIT_SOURCETYPE = /^(?!kube:container:)(?:.*kube.*audit|.*audit.*kube)/i;
const AUDIT_PATH = /(?:kube|apiserver|k8s|k3s|rke2|openshift).*audit[^/\\]*$/i;
const AUDIT_LOG_STREAM = /^kube-apiserver-audit/;
const AUDIT_RECEIVER = /audit.webhook/;

/** True where text, though not JSON, was meant to be an audit event. */
export function looksLikeAuditText(text: string): boolean {
  return AUDIT_TEXT.test(text);
}

/** True for a CloudWatch log stream that only the audit log of EKS has. */
export function isAuditLogStream(logStream: string | null): boolean {
  return logStream !== null && AUDIT_LOG_STREAM.test(logStream);
}

/** True where everything on the record's stream should be an audit event. */
export function isAuditStream(context: RecordContext): boolean {
  return (
    AUDIT_RECEIVER.test(context.receiver) ||
    (context.sourcetype !== null && AUDIT_SOURCETYPE.test(context.sourcetype)) ||
    (context.source !== null && AUDIT_PATH.test(context.source)) ||
    isAuditLogStream(context.logStream)
  );
}

/** The reason as stored: `audit event: expected whole JSON, found its end after 1048576 characters.` */
export function unreadable(problem: Pick<JsonProblem, 'expected' | 'found'>, where = ''): string {
  return `audit event${where}: expected ${problem.expected}, found ${problem.found}.`;
}

/** What a value is, for messages. */
export function nameOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an object without members';
  return `an object with ${keys.slice(0, 5).join(', ').slice(0, 120).toWellFormed()}${keys.length > 5 ? ', …' : ''}`;
}
