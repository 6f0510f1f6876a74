/** OTLP and google.rpc messages by protobufjs' own reflection: an encoder that shares no code with the receivers. */
import protobuf from 'protobufjs';

const root = protobuf.parse(`
syntax = "proto3";
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8;
  bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
}
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
message ExportLogsPartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
message ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1; }
message Any { string type_url = 1; bytes value = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message RetryInfo { Duration retry_delay = 1; }
message FieldViolation { string field = 1; string description = 2; }
message BadRequest { repeated FieldViolation field_violations = 1; }
`).root;

/** `message` in lowerCamelCase; 64-bit integers may be decimal text. */
export function encodeMessage(type: string, message: object): Buffer {
  const messageType = root.lookupType(type);
  return Buffer.from(messageType.encode(messageType.fromObject(message)).finish());
}

/** Plain object; 64-bit integers as decimal text; unset fields absent. */
export function decodeMessage(type: string, bytes: Uint8Array): Record<string, unknown> {
  const messageType = root.lookupType(type);
  return messageType.toObject(messageType.decode(bytes), { longs: String });
}

/** One resource, one scope, these records. */
export function logsRequest(logRecords: readonly object[], attributes: readonly object[] = []): object {
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] };
}

export function encodeLogs(logRecords: readonly object[]): Buffer {
  return encodeMessage('ExportLogsServiceRequest', logsRequest(logRecords));
}

/** A body nested `depth` lists deep, encoded by hand: reflection would overflow the stack. */
export function deeplyNestedRequest(depth: number): Buffer {
  let value = Buffer.from([0x0a, 0x01, 0x78]); // string_value "x"
  const parts: Buffer[] = [value];
  let length = value.length;
  for (let level = 0; level < depth; level += 1) {
    // values (1) around the AnyValue so far, array_value (5) around that
    const inner = Buffer.concat([Buffer.from([0x0a]), varint(length)]);
    const outer = Buffer.concat([Buffer.from([0x2a]), varint(length + inner.length)]);
    parts.push(inner, outer);
    length += inner.length + outer.length;
  }
  value = Buffer.concat(parts.reverse());
  return [0x2a, 0x12, 0x12, 0x0a].reduce<Buffer>((message, tag) => field(tag, message), value);
}

/** A length-delimited field. */
export function field(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
