/** JSON that costs too much to parse for every event that is judged at the door. */

/** Objects and lists: V8 keeps a hundred bytes for each, however short. No text of 64 MiB that a server writes has as many. */
export const MOST_BRACKETS = 4_000_000;

/** True for a text with more opening brackets than that, those in strings included. */
export function isTooHeavy(text: string): boolean {
  if (text.length <= MOST_BRACKETS) return false;
  let brackets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) brackets += 1;
  }
  return brackets > MOST_BRACKETS;
}
