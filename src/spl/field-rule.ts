/**
 * Fields that content makes of events while they are searched: Splunk's props.conf, read.
 *
 *   [<sourcetype>] | [source::<pattern>] | [host::<pattern>]
 *   EXTRACT-<class> = <expression with (?<name>…)> [in <field>]
 *   REPORT-<class> = <transform> [, <transform>] …       REGEX, SOURCE_KEY, FORMAT = <name>::$<n> …
 *   FIELDALIAS-<class> = (<field> AS|ASNEW <name>) …
 *   EVAL-<name> = <expression>
 *   LOOKUP-<class> = <lookup> (<column> [AS <field>]) … [OUTPUT|OUTPUTNEW (<column> [AS <name>]) …]
 *
 * What cannot be done exactly as Splunk does it is refused, rule by rule; event-fields.ts applies the others.
 */
import type { EvalExpression } from './ast.ts';
import { type DiagnosticCode, SplError } from './diagnostics.ts';
import { ErrorLog } from './error-log.ts';
import { parseEvalExpression } from './eval-parser.ts';
import type { SplLimits } from './limits.ts';
import { parseLookupRule, type RuleLookup } from './lookup-rule.ts';
import type { LookupTables } from './lookup-table.ts';
import { ParseContext } from './parse-context.ts';
import { type NamedGroup, parsePattern } from './regular-expression.ts';
import type { Span } from './source.ts';

/** A setting as it stands in the file. */
export interface FieldRuleSource {
  readonly stanza: string;
  readonly key: string;
  readonly text: string;
  /** Settings of the transforms of the same content by name, for REPORT-. */
  readonly transforms: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** `<file>:<line>`, for messages. */
  readonly place: string;
}

/** Which events: those whose metadata is the text, or fits the pattern. */
export interface StanzaMatch {
  readonly of: 'source' | 'host' | 'sourcetype';
  /** The text, or an RE2 pattern over all of it. */
  readonly kind: 'text' | 'pattern';
  readonly text: string;
}

export type RuleField =
  | { readonly kind: 'extract'; readonly name: string; readonly from: string; readonly group: NamedGroup }
  | {
      readonly kind: 'alias';
      readonly name: string;
      readonly from: string;
      /** ASNEW: what the event has of that name stays. */
      readonly keeps: boolean;
    }
  | { readonly kind: 'eval'; readonly name: string; readonly expression: EvalExpression }
  | RuleLookup;

export interface FieldRule {
  readonly stanza: string;
  readonly rows: StanzaMatch;
  /** Of two stanzas that fit an event the stronger one's setting of a key counts. */
  readonly key: string;
  readonly place: string;
  readonly fields: readonly RuleField[];
}

/** Throws SplError, its message the reason, its span in the setting's text. */
export function parseFieldRule(
  source: FieldRuleSource,
  limits: SplLimits,
  lookups: LookupTables = new Map(),
): FieldRule {
  const { stanza, key, place } = source;
  const fields = parseFields(source, limits, lookups);
  if (fields.length === 0) throw refused(source, 'expected a rule that makes a field, found none');
  for (const { name } of fields) {
    if (/^(?:_.*|index|source|sourcetype|host)$/.test(name)) {
      throw refused(source, `expected a field of its own, found "${name}", which every event has`);
    }
  }
  return { stanza, key, place, rows: parseStanza(source), fields };
}

function parseFields(source: FieldRuleSource, limits: SplLimits, lookups: LookupTables): readonly RuleField[] {
  const kind = /^[^-]*/.exec(source.key)?.[0];
  switch (kind) {
    case 'EXTRACT':
      return parseExtract(source);
    case 'REPORT':
      return source.text.split(',').flatMap((name) => parseTransform(source, name.trim()));
    case 'FIELDALIAS':
      return parseAliases(source);
    case 'EVAL':
      return [{ kind: 'eval', name: source.key.slice('EVAL-'.length), expression: parseEval(source.text, limits) }];
    case 'LOOKUP':
      return parseLookupRule(source.text, lookups, (what) => refused(source, what));
    default:
      throw refused(source, 'expected EXTRACT-, REPORT-, FIELDALIAS-, EVAL- or LOOKUP-, found another kind of setting');
  }
}

/** Splunk: hosts without regard to case, sources and sourcetypes with; `...` is anything, `*` all but a slash. */
function parseStanza(source: FieldRuleSource): StanzaMatch {
  const { stanza } = source;
  const [, of = 'sourcetype', text = stanza] = /^(source|host)::(.*)$/s.exec(stanza) ?? [];
  if (/^(?:rule|delayedrule)::/.test(stanza) || /[()|\\[\]?]/.test(text)) {
    throw refused(source, `expected a stanza of plain text, "..." and "*", found [${stanza}]`);
  }
  if (of === 'sourcetype' || !/\.\.\.|\*/.test(text)) {
    if (of === 'sourcetype' && text.includes('*')) {
      throw refused(source, `expected a sourcetype without wildcards, found [${stanza}]`);
    }
    return { of: of as StanzaMatch['of'], kind: 'text', text };
  }
  const pattern = text
    .split(/(\.\.\.|\*)/)
    .map((part) => (part === '...' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+^${}]/g, '\\$&')))
    .join('');
  return { of: of as StanzaMatch['of'], kind: 'pattern', text: `^(?s:${pattern})$` };
}

/** Fields that are there before anything is taken out of the event. */
const BEFORE_EXTRACTION = new Set(['_raw', 'source', 'sourcetype', 'host', 'index']);

function parseExtract(source: FieldRuleSource): readonly RuleField[] {
  const [, pattern = source.text, from = '_raw'] = /^(.*)\s+in\s+([A-Za-z_][\w.]*)\s*$/s.exec(source.text) ?? [];
  return extracts(source, pattern, from);
}

function extracts(source: FieldRuleSource, pattern: string, from: string): readonly RuleField[] {
  if (!BEFORE_EXTRACTION.has(from)) {
    const known = [...BEFORE_EXTRACTION].join(', ');
    throw refused(source, `expected to read ${known}, found "${from}"`);
  }
  const { groups } = parsePattern(pattern, wholeOf(source));
  return groups.map((group) => ({ kind: 'extract', name: group.name, from, group }));
}

const TRANSFORM_KEYS = new Set(['REGEX', 'FORMAT', 'SOURCE_KEY']);
/** Settings that leave the extraction as it is at the value given. */
const HARMLESS: ReadonlyMap<string, RegExp> = new Map([
  ['MV_ADD', /^(?:0|f|false)$/i],
  ['CAN_OPTIMIZE', /./],
  ['CLEAN_KEYS', /./],
  ['MATCH_LIMIT', /./],
  ['DEPTH_LIMIT', /./],
  ['KEEP_EMPTY_VALS', /^(?:0|f|false)$/i],
]);

function parseTransform(source: FieldRuleSource, name: string): readonly RuleField[] {
  const transform = source.transforms.get(name);
  if (transform === undefined) throw refused(source, `expected a stanza of transforms.conf, found no [${name}]`);
  for (const [key, value] of transform) {
    if (TRANSFORM_KEYS.has(key) || HARMLESS.get(key)?.test(value) === true) continue;
    throw refused(source, `expected a transform of REGEX, FORMAT and SOURCE_KEY, found ${key} in [${name}]`);
  }
  const pattern = transform.get('REGEX') ?? '';
  const from = transform.get('SOURCE_KEY') ?? '_raw';
  const format = transform.get('FORMAT');
  return extracts(source, format === undefined ? pattern : named(source, pattern, format), from);
}

/** The pattern with the names that `name::$1 other::$2` gives its groups. */
function named(source: FieldRuleSource, pattern: string, format: string): string {
  const names = new Map<number, string>();
  for (const pair of format.trim().split(/\s+/)) {
    const [, name, number] = /^"?([A-Za-z_]\w*)"?::"?\$(\d)"?$/.exec(pair) ?? [];
    if (name === undefined || names.has(Number(number))) {
      throw refused(source, `expected FORMAT as <name>::$<number>, each number once, found "${format}"`);
    }
    names.set(Number(number), name);
  }
  let group = 0;
  const found = pattern.replace(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)|\(\?(?:P?<(?![=!])|')/gs, (part) => {
    if (!part.startsWith('(')) return part;
    group += 1;
    const name = names.get(group);
    names.delete(group);
    if (part !== '(') throw refused(source, 'expected names in FORMAT or in REGEX, found both');
    return name === undefined ? part : `(?<${name}>`;
  });
  if (names.size > 0) throw refused(source, `expected FORMAT to name groups of REGEX, found "${format}"`);
  return found;
}

const ALIAS = /\s*(?:"([^"]+)"|(\S+))\s+(AS|ASNEW)\s+(?:"([^"]+)"|(\S+))\s*/iy;

function parseAliases(source: FieldRuleSource): readonly RuleField[] {
  const { text } = source;
  const fields: RuleField[] = [];
  ALIAS.lastIndex = 0;
  while (ALIAS.lastIndex < text.length) {
    const at = ALIAS.lastIndex;
    const match = ALIAS.exec(text);
    if (match === null) throw refused(source, `expected <field> AS <name>, found "${text.slice(at)}"`);
    const [, quotedFrom, from = quotedFrom ?? '', word, quotedName, name = quotedName ?? ''] = match;
    fields.push({ kind: 'alias', name, from, keeps: word?.toUpperCase() === 'ASNEW' });
  }
  return fields;
}

function parseEval(text: string, limits: SplLimits): EvalExpression {
  const context = new ParseContext(text, limits, new ErrorLog(1), () => {
    throw new SplError('SPL207', 'expression: expected no subsearch, found one.', { start: 0, end: text.length });
  });
  const expression = parseEvalExpression(context);
  const rest = context.peek('eval');
  if (rest.kind !== 'end') throw context.unexpected('expression', 'its end', rest);
  return expression;
}

function wholeOf({ text }: FieldRuleSource): Span {
  return { start: 0, end: text.length };
}

function refused(source: FieldRuleSource, what: string, code: DiagnosticCode = 'SPL316'): SplError {
  return new SplError(code, `${source.key}: ${what}.`, wholeOf(source));
}
