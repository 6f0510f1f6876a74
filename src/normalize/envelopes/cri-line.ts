/**
 * A line as a container runtime writes it to its log: `2026-03-04T05:06:07.123456789Z stdout F <line>`. An API server
 * with `--audit-log-path=-` leaves audit events there. Opened only where the line is an audit event, or what is left of
 * one; `_raw` stays the whole line.
 */
import { isAuditEvent } from '../audit-event.ts';
import { parseTimestamp } from '../event-time.ts';
import { isObject, parseJson } from '../json-text.ts';
import type { Part } from '../part.ts';
import { looksLikeAuditText, unreadable } from '../unreadable.ts';

/** Time, stream, and tags, of which the first is P where the runtime cut a long line and F at its end. */
const PREFIX = /^(\d{4}-\d\d-\d\dT[\d:.]{8,}(?:Z|[+-]\d\d:\d\d)) (?:stdout|stderr) ([FP])(?::\S*)? (?=\s*\{)/;

/** One part where an audit event stands behind the prefix; null for every other text. */
export function openCriLine(text: string, maxNestingDepth: number): readonly Part[] | null {
  const prefix = PREFIX.exec(text);
  if (prefix === null) return null;
  const [{ length }, time, tag] = prefix;
  const line = text.slice(length).trim();
  const parsed = parseJson(line, maxNestingDepth);
  const common = { raw: text, cluster: null, envelopeMicros: parseTimestamp(time) };
  if ('problem' in parsed) {
    if (!looksLikeAuditText(line)) return null;
    const where = tag === 'P' ? ' in a line that the container runtime cut' : ' in a line of a container runtime';
    return [{ kind: 'log', ...common, identityText: text, unreadable: unreadable(parsed.problem, where) }];
  }
  const { value, text: eventText } = parsed.node;
  if (!isObject(value) || !isAuditEvent(value)) return null;
  return [{ kind: 'audit', ...common, identityText: line, eventText, event: value, cloud: null }];
}
