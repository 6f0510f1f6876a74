/** What JSON costs to parse, before it is parsed: V8 keeps a hundred bytes for each object and list, however short. */
import { RefusedError } from './refusal.ts';

/** The densest requests that senders make have one in sixteen bytes: this many are 64 MiB of those. */
export const MOST_BRACKETS = 4_000_000;

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Throws a `too_large` refusal for text with more opening brackets than that, those in strings included. */
export function boundBrackets(text: string): void {
  if (text.length <= MOST_BRACKETS) return;
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) brackets += 1;
  }
  if (brackets <= MOST_BRACKETS) return;
  const message = `request: expected at most ${MOST_BRACKETS} opening brackets of JSON, found ${brackets}.`;
  throw new RefusedError({ reason: 'too_large', message });
}
