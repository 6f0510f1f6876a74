/** "Did you mean …?" for names that are nearly right. */

const FARTHEST = 3;

/** A sentence with the nearest of `names`, or undefined when none is near. */
export function suggest(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted.length > 100) return undefined;
  const near: { readonly candidate: string; readonly distance: number }[] = [];
  const allowed = Math.min(FARTHEST, Math.ceil(wanted.length / 3));
  for (const candidate of new Set(names)) {
    const distance = editDistance(wanted, candidate.toLowerCase(), allowed);
    if (distance <= allowed) near.push({ candidate, distance });
  }
  near.sort((one, other) => one.distance - other.distance || (one.candidate < other.candidate ? -1 : 1));
  const best = near[0];
  return best === undefined ? undefined : `Did you mean "${best.candidate}"?`;
}

/** Insertions, deletions, replacements and swaps of neighbours; anything above `most` is reported as more than `most`. */
function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      let cost = Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        cost = Math.min(cost, (beforePrevious[column - 2] ?? cost) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[other.length] ?? most + 1;
}
