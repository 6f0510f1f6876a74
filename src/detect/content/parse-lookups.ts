/** Lookup definitions: stanzas of `transforms.conf` and files of a checkout's `lookups/`. Pure, apart from making paths absolute. */
import { basename, dirname, join, resolve } from 'node:path';
import type { LookupDefinition } from '../detection.ts';
import { type ConfStanza, settingText } from './conf-file.ts';
import { lookupSchema } from './detection-schema.ts';
import { parseWith } from './parse-detection.ts';
import { ContentError, type YamlFile } from './yaml-file.ts';

type Setting =
  | 'filename'
  | 'collection'
  | 'fields_list'
  | 'match_type'
  | 'case_sensitive_match'
  | 'default_match'
  | 'min_matches'
  | 'max_matches';

interface Settings {
  readonly name: string;
  readonly file: string;
  /** Where a CSV is looked for. */
  readonly folder: string;
  get(key: Setting): string | null;
  lineOf(key: Setting | null): number;
}

/** Null: the stanza is no lookup (a field extraction, for example). Throws ContentError where it is half of one. */
export function parseLookupStanza(stanza: ConfStanza, appFolder: string): LookupDefinition | null {
  const isLookup = ['filename', 'collection', 'external_cmd', 'external_type'].some((key) => stanza.settings.has(key));
  if (!isLookup) return null;
  for (const key of ['external_cmd', 'time_field', 'filter', 'advanced_options']) {
    const setting = stanza.settings.get(key);
    if (setting === undefined) continue;
    throw new ContentError(
      `[${stanza.name}] ${key}: expected a lookup of a CSV or a collection without it; this kind is not supported.`,
      setting.line,
      { file: setting.file },
    );
  }
  return toDefinition({
    name: stanza.name,
    file: stanza.file,
    folder: join(appFolder, 'lookups'),
    get: (key) => settingText(stanza, key),
    lineOf: (key) => (key === null ? undefined : stanza.settings.get(key)?.line) ?? stanza.line,
  });
}

/** One file of `lookups/`; its CSV stands beside it. */
export function parseLookupFile(yaml: YamlFile): LookupDefinition {
  const parsed = parseWith(lookupSchema, yaml);
  const named = {
    ...parsed,
    filename: parsed.filename ?? (parsed.lookup_type === 'csv' ? basename(yaml.file).replace(/\.\w+$/, '.csv') : null),
    collection: parsed.collection ?? (parsed.lookup_type === 'kvstore' ? parsed.name : null),
    fields_list: parsed.fields_list ?? parsed.fields?.join(', '),
  };
  return toDefinition({
    name: named.name,
    file: yaml.file,
    folder: dirname(yaml.file),
    get: (key) => named[key] || null,
    lineOf: (key) => (key === null ? 1 : yaml.lineAt([key])),
  });
}

/** A CSV file that nothing defines: named after the file, matched as Splunk does where nothing is said. */
export function lookupOfCsv(path: string): LookupDefinition {
  const settings = { name: basename(path).replace(/\.csv$/i, ''), file: path, folder: dirname(path) };
  const get = (key: Setting) => (key === 'filename' ? basename(path) : null);
  return toDefinition({ ...settings, get, lineOf: () => 1 });
}

function toDefinition(settings: Settings): LookupDefinition {
  const isExternal = settings.get('filename') === null && settings.get('collection') === null;
  if (isExternal) {
    throw new ContentError(`${settings.name}: expected filename or collection, found neither.`, settings.lineOf(null));
  }
  const filename = settings.get('filename');
  const minMatches = wholeNumber(settings, 'min_matches', 0, 0);
  const defaultMatch = settings.get('default_match');
  return {
    name: settings.name,
    file: settings.file,
    line: settings.lineOf(null),
    source:
      filename === null
        ? { kind: 'collection', name: settings.get('collection') ?? settings.name }
        : { kind: 'csv', path: resolve(settings.folder, filename) },
    fields: settings.get('fields_list')?.split(/\s*,\s*/) ?? null,
    matchTypes: matchTypesOf(settings),
    caseSensitive: !/^(?:0|f|false|n|no)$/i.test(settings.get('case_sensitive_match') ?? 'true'),
    minMatches,
    maxMatches: wholeNumber(settings, 'max_matches', 1, 1000),
    defaultMatch,
  };
}

/** Splunk's own bound on the rows that may match. */
const mostMatches = 1000;

/** `WILDCARD(process), CIDR(src)`; EXACT is the default and may be said. */
function matchTypesOf(settings: Settings): LookupDefinition['matchTypes'] {
  const text = settings.get('match_type');
  if (text === null) return [];
  return [...text.matchAll(/[^\s,()][^,()]*(?:\([^)]*\))?/g)].map(([entry]) => {
    const match = /^(wildcard|cidr|exact)\s*\(\s*(.+?)\s*\)$/i.exec(entry.trim());
    const kind = match?.[1]?.toLowerCase();
    if (match === null || (kind !== 'wildcard' && kind !== 'cidr' && kind !== 'exact')) {
      throw new ContentError(
        `match_type: expected WILDCARD(field), CIDR(field) or EXACT(field), found "${entry.trim()}".`,
        settings.lineOf('match_type'),
      );
    }
    return { kind, field: match[2] ?? '' };
  });
}

function wholeNumber(settings: Settings, key: 'min_matches' | 'max_matches', least: number, otherwise: number): number {
  const text = settings.get(key);
  if (text === null) return otherwise;
  if (/^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= mostMatches) return Number(text);
  throw new ContentError(
    `${key}: expected a whole number from ${least} to ${mostMatches}, found "${text}".`,
    settings.lineOf(key),
  );
}
