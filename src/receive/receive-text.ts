/** The text of a request, for protocols whose bodies are text. */
import { isUtf8 } from 'node:buffer';
import type { HttpRequest } from './http-listener.ts';
import type { ReceivedBody } from './received-body.ts';
import type { ReceiverMeter } from './receiver-meter.ts';

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Resolves to the whole body in its turn, counted; what is not UTF-8 becomes U+FFFD. Throws what `refusalOf` sorts. */
export async function receiveText(request: HttpRequest, meter: ReceiverMeter): Promise<string> {
  return textOf(await request.receive(), meter);
}

/** The text of a body, as `receiveText` gives it. */
export async function textOf(body: ReceivedBody, meter: ReceiverMeter): Promise<string> {
  const wireBytes = body.wire.length;
  // An empty body is empty, whatever it says it was compressed with.
  const bytes = await body.unpack(wireBytes === 0 ? undefined : body.compression);
  meter.add('received_bytes', wireBytes);
  if (bytes.length !== wireBytes) meter.add('decompressed_bytes', bytes.length);
  if (!isUtf8(bytes)) meter.add('invalid_utf8_texts', 1);
  const text = UTF8.decode(bytes);
  body.release();
  return text;
}
