/** All field rules of some content: those that can be applied, and why the others are not. */
import { ALL_EVENTS } from './catalogue.ts';
import { CommandScope } from './command-scope.ts';
import { EVERYTHING } from './demand.ts';
import { SplError } from './diagnostics.ts';
import { withFieldRules } from './event-fields.ts';
import { EventLookups } from './event-lookups.ts';
import { type FieldRule, type FieldRuleSource, parseFieldRule, type StanzaMatch } from './field-rule.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { LookupTables } from './lookup-table.ts';

export interface FieldRules {
  readonly rules: readonly FieldRule[];
  /** `reason`: a sentence that begins with the setting's key. */
  readonly refused: readonly { readonly source: FieldRuleSource; readonly reason: string }[];
}

/** `lookups`: those that LOOKUP- may name. Never throws for what a file says. */
export function readFieldRules(sources: readonly FieldRuleSource[], lookups: LookupTables = new Map()): FieldRules {
  const rules: FieldRule[] = [];
  const refused: { source: FieldRuleSource; reason: string }[] = [];
  for (const source of sources) {
    try {
      const rule = parseFieldRule(source, DEFAULT_LIMITS, lookups);
      checkAliases(rule, rules);
      checkLookups(rule, rules);
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

/** Splunk has no lookup read what another one made. */
function checkLookups(rule: FieldRule, earlier: readonly FieldRule[]): void {
  for (const other of earlier.filter(({ rows }) => mayFitOneEvent(rows, rule.rows))) {
    const name = madeKey(rule, other) ?? madeKey(other, rule);
    if (name === undefined) continue;
    throw new SplError(
      'SPL316',
      `${rule.key}: expected keys that no other lookup makes, found "${name}" between it and ${other.key} of [${other.stanza}].`,
      { start: 0, end: 0 },
    );
  }
}

/** A key of `reader` that `maker` makes, both being lookups. */
function madeKey(reader: FieldRule, maker: FieldRule): string | undefined {
  const made = new Set(maker.fields.flatMap((field) => (field.kind === 'lookup' ? [field.name] : [])));
  return reader.fields
    .flatMap((field) => (field.kind === 'lookup' ? field.keys : []))
    .find(({ field }) => made.has(field))?.field;
}

function mayFitOneEvent(one: StanzaMatch, other: StanzaMatch): boolean {
  if (one.of !== other.of || one.kind === 'pattern' || other.kind === 'pattern') return true;
  return one.of === 'host' ? one.text.toLowerCase() === other.text.toLowerCase() : one.text === other.text;
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
    const made = withFieldRules(table, scope, new EventLookups(table.table, scope));
    for (const { name } of rule.fields) made.resolve(name, { start: 0, end: 0 }, limits);
  }
}
