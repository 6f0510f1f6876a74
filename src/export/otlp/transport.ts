/**
 * One OTLP protocol: bytes of an ExportLogsServiceRequest out, bytes of its response back.
 */
export interface OtlpTransport {
  /** Rejects where it can never work: a certificate that cannot be read, a header that the protocol has not. */
  open(): Promise<void>;
  /**
   * Resolves to the body of a successful answer. Rejects with RetryableError, DoubtfulError or PermanentError as
   * the protocol's status table says.
   */
  send(request: Uint8Array, signal: AbortSignal): Promise<OtlpAnswer>;
  close(): Promise<void>;
}

export interface OtlpAnswer {
  readonly body: Uint8Array;
  readonly encoding: 'protobuf' | 'json';
}

/** Bytes of an answer that are read; OTLP asks for a limit and recommends this one. */
export const MAX_ANSWER_BYTES = 4 * 1_048_576;
