/**
 * Messages that carry packed records: base64, and gzip inside of it where they come from CloudWatch Logs.
 *
 *   {"awslogs":{"data":…}}                        subscription to Lambda
 *   {"Records":[{"kinesis":{"data":…}}]}          subscription by way of Kinesis
 *   {"requestId":…,"records":[{"data":…}]}        Firehose to an HTTP endpoint
 *   {"records":[{"recordId":…,"data":…}]}         Firehose to Lambda
 *   {"message":{"messageId":…,"data":…}}          Pub/Sub push; also the message alone
 *   {"receivedMessages":[{"message":…}]}          the answer to a Pub/Sub pull
 *
 * What is packed is opened as if it had come as a record of its own; so its text is `_raw`, as behind Splunk's add-ons.
 */
import { isObject, type JsonNode, type JsonObject, type JsonValue } from '../json-text.ts';

/** The packed texts of a message and what carries them, for messages; null for every other object. */
export function packedRecords(node: JsonNode): { readonly what: string; readonly packed: readonly string[] } | null {
  const { value } = node;
  if (!isObject(value)) return null;
  const { awslogs, Records, records, message, receivedMessages } = value;
  if (isObject(awslogs)) return carried('awslogs', [awslogs.data]);
  if (Array.isArray(Records)) return carried('a Kinesis record', membersOf(Records, 'kinesis').map(dataOf));
  if (Array.isArray(records) && (typeof value.requestId === 'string' || everyHas(records, 'recordId'))) {
    return carried('a Firehose record', (records as readonly JsonValue[]).map(dataOf));
  }
  if (Array.isArray(receivedMessages)) {
    return carried('a Pub/Sub message', membersOf(receivedMessages, 'message').map(dataOf));
  }
  if (isPubSubMessage(message)) return carried('a Pub/Sub message', [message.data]);
  return isPubSubMessage(value) ? carried('a Pub/Sub message', [value.data]) : null;
}

function carried(what: string, packed: readonly (JsonValue | undefined)[]): ReturnType<typeof packedRecords> {
  return packed.length > 0 && packed.every((text) => typeof text === 'string') ? { what, packed } : null;
}

function isPubSubMessage(value: JsonValue | undefined): value is JsonObject {
  return isObject(value) && (value.messageId !== undefined || value.message_id !== undefined);
}

function everyHas(items: readonly JsonValue[], name: string): boolean {
  return items.every((item) => isObject(item) && item[name] !== undefined);
}

function membersOf(items: readonly JsonValue[], name: string): readonly (JsonValue | undefined)[] {
  return items.map((item) => (isObject(item) ? item[name] : undefined));
}

function dataOf(item: JsonValue | undefined): JsonValue | undefined {
  return isObject(item) ? item.data : undefined;
}
