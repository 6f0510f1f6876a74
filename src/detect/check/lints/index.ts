/**
 * Things in a search that its author probably did not mean. Each lint claims only what the text shows; the search runs
 * as written all the same. docs/check.md explains every code, and a test proves each.
 */
import type { Outline } from '../outline.ts';
import type { Suspicion } from '../report.ts';
import {
  MISNAMED_STATISTIC,
  NOT_EQUAL_ON_VALUES,
  OVERWRITTEN_FIELD,
  OVERWRITTEN_METADATA,
  SAME_OPERANDS,
} from './commands.ts';
import type { Lint } from './lint.ts';
import { BARE_WORD, DOT_FOR_COLON, FOREIGN_FIELD, REPEATED_VALUE } from './terms.ts';

const lints: readonly Lint[] = [
  BARE_WORD,
  DOT_FOR_COLON,
  FOREIGN_FIELD,
  REPEATED_VALUE,
  OVERWRITTEN_FIELD,
  OVERWRITTEN_METADATA,
  NOT_EQUAL_ON_VALUES,
  MISNAMED_STATISTIC,
  SAME_OPERANDS,
];

/** Suspicions of one search, in the order of the text. */
export function lint(outline: Outline): readonly Suspicion[] {
  const found = lints.flatMap(({ code, name, find }) =>
    [...find(outline)].map(({ span, message }) => ({
      code,
      name,
      message,
      place: outline.placeOf(span),
      at: span.start,
    })),
  );
  return found.sort((a, b) => a.at - b.at).map(({ at, ...suspicion }) => suspicion);
}
