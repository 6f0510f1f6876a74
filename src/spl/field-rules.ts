/** All field rules of some content: those that can be applied, and why the others are not. */
import { ALL_EVENTS } from './catalogue.ts';
import { CommandScope } from './command-scope.ts';
import { EVERYTHING } from './demand.ts';
import { SplError } from './diagnostics.ts';
import { withFieldRules } from './event-fields.ts';
import { type FieldRule, type FieldRuleSource, parseFieldRule } from './field-rule.ts';
import { DEFAULT_LIMITS } from './limits.ts';

export interface FieldRules {
  readonly rules: readonly FieldRule[];
  /** `reason`: a sentence that begins with the setting's key. */
  readonly refused: readonly { readonly source: FieldRuleSource; readonly reason: string }[];
}

/** Never throws for what a file says. */
export function readFieldRules(sources: readonly FieldRuleSource[]): FieldRules {
  const rules: FieldRule[] = [];
  const refused: { source: FieldRuleSource; reason: string }[] = [];
  for (const source of sources) {
    try {
      const rule = parseFieldRule(source, DEFAULT_LIMITS);
      checkAliases(rule, rules);
      tryOut(rule);
      rules.push(rule);
    } catch (error: unknown) {
      if (!(error instanceof SplError)) throw error;
      refused.push({ source, reason: error.message });
    }
  }
  return { rules, refused };
}

/** Which of two aliases of one name wins, and whether one may read another, Splunk leaves to chance. */
function checkAliases(rule: FieldRule, earlier: readonly FieldRule[]): void {
  const aliases = [...earlier, rule].flatMap(({ stanza, key, fields }) =>
    fields.flatMap((field) => (field.kind === 'alias' ? [{ ...field, stanza, key }] : [])),
  );
  for (const own of rule.fields) {
    if (own.kind !== 'alias') continue;
    const same = aliases.filter(({ stanza, name }) => stanza === rule.stanza && name === own.name);
    const chained = aliases.find(({ name, from }) => name === own.from || from === own.name);
    if (same.length <= 1 && chained === undefined) continue;
    const found = chained === undefined ? `a second one, "${own.name}"` : `a chain by "${own.from} AS ${own.name}"`;
    throw new SplError('SPL316', `${rule.key}: expected one alias of a name, that reads no alias, found ${found}.`, {
      start: 0,
      end: 0,
    });
  }
}

/** Throws what a search that names its fields would be told. */
function tryOut(rule: FieldRule): void {
  const limits = { ...DEFAULT_LIMITS };
  const settings = {
    strict: false,
    limits,
    window: { kind: 'session' },
    lookups: new Map(),
    fieldRules: [rule],
  } as const;
  const unused = (): never => {
    throw new Error('field rules: expected no subsearch.');
  };
  const subsearches = { search: unused, pipe: unused, term: unused, template: unused };
  const scope = new CommandScope(settings, EVERYTHING, 'rule', [], subsearches);
  for (const table of ALL_EVENTS.tables) {
    for (const { name } of rule.fields) withFieldRules(table, scope).resolve(name, { start: 0, end: 0 }, limits);
  }
}
