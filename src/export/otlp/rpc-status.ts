/**
 * google.rpc.Status as OTLP errors carry it: in the body over HTTP, in `grpc-status-details-bin` over gRPC.
 *
 *   Status    { int32 code = 1; string message = 2; repeated Any details = 3; }
 *   Any       { string type_url = 1; bytes value = 2; }
 *   RetryInfo { Duration retry_delay = 1; }
 *   Duration  { int64 seconds = 1; int32 nanos = 2; }
 */
import protobuf from 'protobufjs/minimal.js';

export interface RpcStatus {
  readonly message: string;
  /** RetryInfo's delay; null where there is none. */
  readonly retryDelayMs: number | null;
}

/** Null where the bytes are no Status. */
export function readRpcStatus(bytes: Uint8Array): RpcStatus | null {
  try {
    let message = '';
    let retryDelayMs: number | null = null;
    readFields(bytes, (field, reader) => {
      if (field === 2) message = reader.string();
      else if (field === 3) retryDelayMs = readRetryInfo(reader.bytes()) ?? retryDelayMs;
      else return false;
      return true;
    });
    return { message, retryDelayMs };
  } catch (error: unknown) {
    // The reader throws RangeError past the end and plain Error on a wire type it does not know: not a Status.
    if (error instanceof Error) return null;
    throw error;
  }
}

function readRetryInfo(any: Uint8Array): number | null {
  let typeUrl = '';
  let value: Uint8Array | null = null;
  readFields(any, (field, reader) => {
    if (field === 1) typeUrl = reader.string();
    else if (field === 2) value = reader.bytes();
    else return false;
    return true;
  });
  if (value === null || !typeUrl.endsWith('/google.rpc.RetryInfo')) return null;
  let delayMs = 0;
  readFields(value, (field, reader) => {
    if (field !== 1) return false;
    delayMs = readDuration(reader.bytes());
    return true;
  });
  return delayMs;
}

function readDuration(duration: Uint8Array): number {
  let seconds = 0;
  let nanos = 0;
  readFields(duration, (field, reader) => {
    if (field === 1) seconds = Number(reader.int64());
    else if (field === 2) nanos = reader.int32();
    else return false;
    return true;
  });
  return seconds * 1_000 + nanos / 1e6;
}

function readFields(bytes: Uint8Array, read: (field: number, reader: protobuf.Reader) => boolean): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!read(tag >>> 3, reader)) reader.skipType(tag & 7);
  }
}
