/**
 * A log line inside of the object that a container runtime or a forwarder made of it: `{"log": "<line>\n",
 * "stream": "stdout", "time": …}` (Docker, Fluent Bit) or `{"message": "<line>"}`. Opened only where the line
 * is an audit event, or a broken one; `_raw` stays the object.
 */
import { isAuditEvent } from '../audit-event.ts';
import { parseTimestamp } from '../event-time.ts';
import { identityText, isObject, type JsonNode, parseJson } from '../json-text.ts';
import type { Part } from '../part.ts';
import { looksLikeAuditText, unreadable } from '../unreadable.ts';

/** One part where the node wraps an audit event or what is left of one; null for every other object. */
export function openWrappedLine(node: JsonNode, maxNestingDepth: number): readonly Part[] | null {
  if (!isObject(node.value)) return null;
  const { log, message, time } = node.value;
  const line = typeof log === 'string' ? log : message;
  if (typeof line !== 'string') return null;
  const text = line.trim();
  if (!text.startsWith('{')) return null;
  const parsed = parseJson(text, maxNestingDepth);
  const common = { raw: node.raw, cluster: null, envelopeMicros: parseTimestamp(time) };
  if ('problem' in parsed) {
    if (!looksLikeAuditText(text)) return null;
    const reason = unreadable(parsed.problem, ' in a wrapped line');
    return [{ kind: 'log', ...common, identityText: identityText(node), unreadable: reason }];
  }
  const { value } = parsed.node;
  if (!isObject(value) || !isAuditEvent(value)) return null;
  return [
    {
      kind: 'audit',
      ...common,
      identityText: identityText(parsed.node),
      eventText: parsed.node.text,
      event: value,
      cloud: null,
    },
  ];
}
