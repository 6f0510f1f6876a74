/** `$name$` in a search: text that a person fills in before it can run. */
import type { Detection } from '../detection.ts';

/** `$$` stands for a dollar sign. */
const token = /(?<!\$)\$([A-Za-z_][\w.]*)\$(?!\$)/g;

/** Names, in the order of the text. */
export function inputsOf({ search }: Detection): readonly string[] {
  return [...new Set([...search.matchAll(token)].map((match) => match[1] ?? ''))];
}

/**
 * The search as if every input were given: a word of the same length stands for it, so that places stay true. It can be
 * compiled and read, and must not be run.
 */
export function withInputs(detection: Detection): Detection {
  return { ...detection, search: detection.search.replace(token, (whole) => 'x'.repeat(whole.length)) };
}
