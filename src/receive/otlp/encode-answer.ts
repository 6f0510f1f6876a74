/**
 * What the receivers answer, in protobuf and in proto3 JSON: ExportLogsServiceResponse
 * (opentelemetry-proto collector/logs/v1) and google.rpc.Status with RetryInfo or BadRequest.
 */
import protobuf from 'protobufjs/minimal.js';
import type { Refusal } from '../refusal.ts';

export type Encoding = 'protobuf' | 'json';

export interface ExportResult {
  /** 0 with a message is a warning, 0 without is full success. */
  readonly rejectedLogRecords: number;
  readonly errorMessage: string;
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

/** `partial_success` is left unset on full success, as the specification asks. */
export function encodeResponse(result: ExportResult, encoding: Encoding): Buffer {
  const { rejectedLogRecords, errorMessage } = result;
  const isFull = rejectedLogRecords === 0 && errorMessage === '';
  if (encoding === 'json') {
    const partialSuccess = { rejectedLogRecords: String(rejectedLogRecords), errorMessage };
    return Buffer.from(JSON.stringify(isFull ? {} : { partialSuccess }));
  }
  const writer = protobuf.Writer.create();
  if (!isFull) {
    writer.uint32((1 << 3) | 2).fork();
    if (rejectedLogRecords !== 0) writer.uint32(1 << 3).int64(rejectedLogRecords);
    if (errorMessage !== '') writer.uint32((2 << 3) | 2).string(errorMessage);
    writer.ldelim();
  }
  return Buffer.from(writer.finish());
}

/** google.rpc.Status; `code` is a google.rpc.Code. */
export function encodeStatus(code: number, refusal: Refusal, encoding: Encoding): Buffer {
  return encoding === 'json' ? encodeJsonStatus(code, refusal) : encodeProtobufStatus(code, refusal);
}

function encodeProtobufStatus(code: number, refusal: Refusal): Buffer {
  const writer = protobuf.Writer.create();
  writer.uint32(1 << 3).int32(code);
  writer.uint32((2 << 3) | 2).string(refusal.message);
  if (refusal.retryAfterMs !== undefined) {
    const detail = protobuf.Writer.create();
    detail.uint32((1 << 3) | 2).fork();
    detail.uint32(1 << 3).int64(Math.floor(refusal.retryAfterMs / 1000));
    detail.uint32(2 << 3).int32(Math.round(refusal.retryAfterMs % 1000) * 1_000_000);
    writeAny(writer, RETRY_INFO, detail.ldelim().finish());
  }
  if (refusal.violation !== undefined) {
    const detail = protobuf.Writer.create();
    detail.uint32((1 << 3) | 2).fork();
    detail.uint32((1 << 3) | 2).string(refusal.violation.field);
    detail.uint32((2 << 3) | 2).string(refusal.violation.description);
    writeAny(writer, BAD_REQUEST, detail.ldelim().finish());
  }
  return Buffer.from(writer.finish());
}

function writeAny(writer: protobuf.Writer, typeUrl: string, value: Uint8Array): void {
  writer.uint32((3 << 3) | 2).fork();
  writer.uint32((1 << 3) | 2).string(typeUrl);
  writer.uint32((2 << 3) | 2).bytes(value);
  writer.ldelim();
}

function encodeJsonStatus(code: number, refusal: Refusal): Buffer {
  const details: object[] = [];
  if (refusal.retryAfterMs !== undefined) {
    details.push({ '@type': RETRY_INFO, retryDelay: `${(refusal.retryAfterMs / 1000).toFixed(3)}s` });
  }
  if (refusal.violation !== undefined) {
    details.push({ '@type': BAD_REQUEST, fieldViolations: [refusal.violation] });
  }
  return Buffer.from(JSON.stringify({ code, message: refusal.message, details }));
}
