/** Which of a configuration's volume rules leave out events that a search reads. */
import type { SearchExpression } from '../../spl/ast.ts';
import type { FieldRule } from '../../spl/index.ts';
import { isWithin, mayMatchOneEvent } from '../../spl/search-overlap.ts';
import { conjunctsOf, type Outline, parseSearch, type ScanOutline } from './outline.ts';
import type { Suspicion } from './report.ts';

/** As the configuration has it. */
export interface VolumeRuleText {
  readonly name: string;
  readonly search: string;
  /** The share of matching events that is kept, from 0 (none). */
  readonly keptShare: number;
}

/** A rule, read. */
export interface ReadVolumeRule extends VolumeRuleText {
  /** All of them hold of the events that it decides on. */
  readonly terms: readonly SearchExpression[];
}

/** `rules` compile, as the service has them. */
export function readVolumeRules(
  rules: readonly VolumeRuleText[],
  macros: Parameters<typeof parseSearch>[1],
): readonly ReadVolumeRule[] {
  return rules.map((rule) => {
    const [first] = parseSearch(rule.search, macros)?.search.commands ?? [];
    if (first?.kind !== 'SearchCommand') {
      throw new Error(`volume rule "${rule.name}": expected a search expression, found something else.`);
    }
    return { ...rule, terms: conjunctsOf(first.expression) };
  });
}

/** Rules that may drop or sample what the search looks at. The first rule that matches an event decides. */
export function leftOutByRules(
  outline: Outline,
  rules: readonly ReadVolumeRule[],
  fieldRules: readonly FieldRule[],
): readonly Suspicion[] {
  // Rules look at an event as it comes; the searches of the content may read such a name otherwise.
  const made = new Set(fieldRules.flatMap(({ fields }) => fields.map(({ name }) => name)));
  return outline.scans.flatMap((scan) => {
    const terms = termsOf(scan);
    const deciding = rules.findIndex((rule) => isWithin(terms, rule.terms, made));
    const asked = deciding === -1 ? rules : rules.slice(0, deciding + 1);
    return asked
      .filter(({ keptShare, terms: left }) => keptShare < 1 && mayMatchOneEvent(terms, left, made))
      .map(({ name, search, keptShare }) => ({
        code: 'CHK116',
        name: 'volume-rule',
        message: `The volume rule "${name}" ${describe(keptShare)} events that this search may look at: ${search}.`,
        place: outline.placeOf(scan.first.span),
      }));
  });
}

/** The first search, with those that follow it at once. */
function termsOf({ search, first }: ScanOutline): readonly SearchExpression[] {
  const terms = [...conjunctsOf(first.expression)];
  for (const command of search.commands.slice(1)) {
    if (command.kind !== 'SearchCommand') break;
    terms.push(...conjunctsOf(command.expression));
  }
  return terms;
}

function describe(keptShare: number): string {
  return keptShare === 0 ? 'drops' : `keeps ${Number((keptShare * 100).toPrecision(6))} % of`;
}
