/** The body of `/services/collector/ack`: `{"acks":[0,1]}`. */
import { JsonScanner, JsonSyntaxError, parseJson } from './json-scanner.ts';
import { HecRefusedError } from './reply.ts';

/** Throws HecRefusedError: 5 for an empty body, 6 for anything else than a list of whole numbers. */
export function readAcknowledgementIds(text: string): readonly number[] {
  const scanner = new JsonScanner(text);
  if (scanner.peek() === '') throw new HecRefusedError(5, 'ack: expected {"acks":[…]}, found an empty body.');
  let ids: unknown;
  try {
    scanner.readObject((key, value, depth) => {
      if (key === 'acks' && depth === 1) ids = parseJson(value);
    });
    if (scanner.peek() !== '') throw new JsonSyntaxError('expected the end');
  } catch (error: unknown) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new HecRefusedError(6, `ack: expected {"acks":[…]}, found: ${error.message}.`);
  }
  if (!isIds(ids)) throw new HecRefusedError(6, 'ack: expected a list of whole numbers in "acks".');
  return ids;
}

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isSafeInteger(id) && (id as number) >= 0);
}
