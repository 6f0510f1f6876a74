/**
 * The OTLP exporter: events as log records, one request per batch, every answer read.
 *
 * The SDK makes the records and its serializer the bytes. The SDK's exporters are not used: they retry inside one
 * `export` call, forget Retry-After once their timeout is near, and only log what a partial success says.
 */
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { RetryableError } from '../../component.ts';
import type { Clock } from '../clock.ts';
import { DELIVERED, type Delivery, type Destination } from '../destination.ts';
import type { PrintableEvent } from '../payload.ts';
import { GrpcTransport } from './grpc-transport.ts';
import { HttpTransport } from './http-transport.ts';
import { toLogRecords } from './log-records.ts';
import type { OtlpExporterSettings } from './settings.ts';
import type { OtlpAnswer, OtlpTransport } from './transport.ts';

/** Creates the exporter for either protocol; throws where the endpoint is no URL. */
export function createOtlpDestination(settings: OtlpExporterSettings, clock: Clock): Destination {
  const transport: OtlpTransport =
    settings.protocol === 'grpc' ? new GrpcTransport(settings) : new HttpTransport(settings, clock);
  return {
    name: settings.name,
    retry: settings.retry,
    batch: settings.batch,
    open: () => transport.open(),
    close: () => transport.close(),
    async deliver(events: readonly PrintableEvent[], signal) {
      const request = ProtobufLogsSerializer.serializeRequest(toLogRecords(events, settings));
      if (request === undefined) throw new Error(`${settings.name}: expected a serialized request, found none.`);
      return readDelivery(settings.name, events, await transport.send(request, signal));
    },
  };
}

/**
 * OTLP says how many records were rejected, not which, and forbids sending them again. So where some were, the whole
 * batch is kept as dead letters: what arrived can be told by its event id, and nothing is lost unseen.
 */
function readDelivery(name: string, events: readonly PrintableEvent[], answer: OtlpAnswer): Delivery {
  const partial = parseAnswer(name, answer);
  const rejected = Number(partial?.rejectedLogRecords ?? 0);
  if (!(rejected > 0)) return DELIVERED;
  const reason = `${rejected} of ${events.length} log records in one request were rejected: ${partial?.errorMessage ?? ''}`;
  return { refused: events.map(({ eventId }) => ({ eventId, reason })) };
}

function parseAnswer(name: string, answer: OtlpAnswer): PartialSuccess | undefined {
  if (answer.body.length === 0) return undefined;
  try {
    const serializer = answer.encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer;
    return serializer.deserializeResponse(answer.body).partialSuccess;
  } catch (error: unknown) {
    throw new RetryableError(`${name}: expected an ExportLogsServiceResponse, found other bytes.`, 0, { cause: error });
  }
}

interface PartialSuccess {
  readonly rejectedLogRecords?: number | string;
  readonly errorMessage?: string;
}
