/** Warnings about a query beside rows whose form has no place for them (NDJSON, CSV). */
import type { Diagnostic } from './diagnostic.ts';

/** Proxies take 4 KiB of headers at least; the others need theirs. */
const longestValue = 3_000;

/**
 * `Pintail-Warnings`: a JSON array of diagnostics in ASCII, at most 3,000 characters; `Pintail-Warnings-Omitted`: how
 * many further ones had no room, where there are any. No headers where there are no warnings.
 */
export function warningHeaders(warnings: readonly Diagnostic[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  const shown: string[] = [];
  let length = 2;
  for (const warning of warnings) {
    const text = toAscii(JSON.stringify(warning));
    if (length + text.length + 1 > longestValue) break;
    length += text.length + 1;
    shown.push(text);
  }
  const omitted = warnings.length - shown.length;
  return {
    'pintail-warnings': `[${shown.join(',')}]`,
    ...(omitted > 0 && { 'pintail-warnings-omitted': String(omitted) }),
  };
}

function toAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
