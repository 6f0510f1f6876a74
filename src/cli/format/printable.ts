/**
 * Text made safe for a terminal: log text is hostile, and a terminal obeys what it is shown.
 *
 * Escaped are C0 and C1 controls (escape sequences), characters that change the direction of text or have no
 * width (they make one text look like another), line and paragraph separators, and half surrogate pairs.
 */

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u2800\u3164\uFFA0]/gu;

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line without anything that a terminal would act on: `\n`, `\x1b`, `\u{202e}`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return shortForms[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`);
  });
}
