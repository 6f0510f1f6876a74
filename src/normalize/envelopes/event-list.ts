/** audit.k8s.io EventList, as the API server's webhook backend posts it: each item is a row with its own text. */
import { hasAuditMember, isEventList } from '../audit-event.ts';
import { elements, identityText, isObject, type JsonNode, type JsonValue, member } from '../json-text.ts';
import type { Part } from '../part.ts';
import type { RowBudget } from '../row-budget.ts';
import { nameOfValue, unreadable } from '../unreadable.ts';

/** The items of an audit EventList; null where the node is none. An item that is no event is kept and marked. */
export function openEventList(node: JsonNode, rows: RowBudget): readonly Part[] | null {
  if (!isObject(node.value) || !isEventList(node.value)) return null;
  rows.take((node.value.items as readonly JsonValue[]).length);
  const items = member(node, 'items');
  return items === null ? null : elements(items).map(openItem);
}

function openItem(item: JsonNode, index: number): Part {
  const common = { raw: item.raw, identityText: identityText(item), cluster: null, envelopeMicros: null };
  if (isObject(item.value) && hasAuditMember(item.value)) {
    return {
      kind: 'audit',
      ...common,
      event: item.value,
      eventText: item.text === item.raw ? null : item.text,
      cloud: null,
    };
  }
  const found = { expected: 'an audit.k8s.io Event', found: nameOfValue(item.value) };
  return { kind: 'log', ...common, unreadable: unreadable(found, ` in items[${index}] of an EventList`) };
}
