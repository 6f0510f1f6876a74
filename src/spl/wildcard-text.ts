/** Texts with `*` for any run of characters, compared with one another. */

/** Beyond this many pairs of characters two texts count as overlapping and neither as covering. */
const MOST_PAIRS = 1_000_000;

/** Whether some text fits both. */
export function overlaps(one: string, other: string): boolean {
  if (one.length * other.length > MOST_PAIRS) return true;
  // reached[j]: what was read of `one` and the first j characters of `other` can fit the same text.
  let reached = new Array<boolean>(other.length + 1).fill(false);
  reached[0] = true;
  closeOver(reached, other);
  for (const character of one) {
    const next = new Array<boolean>(other.length + 1).fill(false);
    for (let at = 0; at <= other.length; at += 1) {
      if (reached[at] !== true) continue;
      const found = other[at];
      if (character === '*') {
        for (let end = at; end <= other.length; end += 1) next[end] = true;
        break;
      }
      if (found === character) next[at + 1] = true;
      if (found === '*') next[at] = true;
    }
    closeOver(next, other);
    reached = next;
  }
  return reached[other.length] === true;
}

/** A `*` may stand for nothing. */
function closeOver(reached: boolean[], other: string): void {
  for (let at = 0; at < other.length; at += 1) if (reached[at] === true && other[at] === '*') reached[at + 1] = true;
}

/** Whether every text that fits `narrow` fits `wide`. */
export function covers(wide: string, narrow: string): boolean {
  if (wide.length * narrow.length > MOST_PAIRS) return false;
  const pattern = wide
    .split('*')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');
  // A star of `narrow` is a character that only a star of `wide` takes.
  return new RegExp(`^${pattern}$`, 's').test(narrow.replaceAll('*', '\0'));
}
