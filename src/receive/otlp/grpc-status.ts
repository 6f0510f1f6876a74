/**
 * Refusal to gRPC status, the only place. Senders retry UNAVAILABLE, and RESOURCE_EXHAUSTED only with RetryInfo; the
 * Collector drops the batch on INVALID_ARGUMENT, UNIMPLEMENTED and INTERNAL (OTLP specification, "OTLP/gRPC Response").
 */

import type { Refusal, RefusalReason } from '../refusal.ts';
import { encodeStatus } from './encode-answer.ts';

const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const CODE: Readonly<Record<RefusalReason, number>> = {
  bad_data: INVALID_ARGUMENT,
  permanent: INVALID_ARGUMENT,
  unauthenticated: UNAUTHENTICATED,
  forbidden: PERMISSION_DENIED,
  too_large: RESOURCE_EXHAUSTED,
  unsupported_encoding: UNIMPLEMENTED,
  unsupported_content_type: UNIMPLEMENTED,
  unknown_path: UNIMPLEMENTED,
  wrong_method: UNIMPLEMENTED,
  busy: UNAVAILABLE,
  unavailable: UNAVAILABLE,
  timeout: UNAVAILABLE,
  internal: UNAVAILABLE,
};

/** The trailers that end a refused call; `grpc-status-details-bin` holds a google.rpc.Status. */
export function grpcTrailers(refusal: Refusal): Readonly<Record<string, string>> {
  const code = CODE[refusal.reason];
  return {
    'grpc-status': String(code),
    'grpc-message': encodeURI(refusal.message),
    'grpc-status-details-bin': encodeStatus(code, refusal, 'protobuf').toString('base64'),
  };
}
