/**
 * The fields that every event about one result row carries: where it came from, what it is about, and the row
 * itself. Risk events and findings add their own to these.
 */
import type { SqlRow, SqlValue, TimeWindow } from '../component.ts';
import { annotateTechniques } from './attack.ts';
import { isList } from './field-value.ts';
import type { DetectionFacts } from './risk-rule.ts';

export type Fields = Readonly<Record<string, SqlValue>>;

/** How much of a result row an event repeats; the finding itself keeps the whole row. */
export interface RowLimits {
  /** Members of a multivalue. */
  readonly maxValuesPerField: number;
  /** UTF-16 units of one value's text. */
  readonly maxValueLength: number;
}

/** Splunk's own metadata of an event; in a summary index it belongs to the summary, so the row's copy moves. */
const METADATA = new Set(['_time', '_raw', '_indextime', 'host', 'source', 'sourcetype', 'index']);

/** Splunk's `source` and `search_name`. */
export function searchName(facts: DetectionFacts): string {
  return facts.searchName ?? facts.name;
}

/** The search that found it and the time it looked at, as `addinfo` names them. */
export function searchFields(facts: DetectionFacts, window: TimeWindow): Fields {
  return {
    search_name: searchName(facts),
    detection_id: facts.id,
    detection_version: facts.version,
    detection_type: facts.type,
    ...(facts.securityDomain === null ? {} : { security_domain: facts.securityDomain }),
    info_min_time: window.earliest ?? 0,
    info_max_time: window.latest ?? '+Infinity',
    info_search_time: window.now,
  };
}

/** `annotations.*` and `analyticstories`. Empty lists are left out. */
export function annotationFields(facts: DetectionFacts): Fields {
  const attack = annotateTechniques(facts.mitreAttackIds);
  const frameworks = Object.entries(facts.annotations).filter(([name]) => name !== 'mitre_attack');
  const all = [...facts.analyticStories, ...attack.techniqueIds, ...frameworks.flatMap(([, entries]) => entries)];
  return withoutEmpty({
    analyticstories: facts.analyticStories,
    'annotations._all': [...new Set(all)],
    'annotations.mitre_attack': attack.techniqueIds,
    'annotations.mitre_attack.mitre_technique_id': attack.techniqueIds,
    'annotations.mitre_attack.mitre_technique': attack.techniqueNames,
    'annotations.mitre_attack.mitre_tactic_id': attack.tacticIds,
    'annotations.mitre_attack.mitre_tactic': attack.tacticNames,
    'annotations.mitre_attack.unknown_technique_id': attack.unknownTechniqueIds,
    ...Object.fromEntries(frameworks.map(([name, entries]) => [`annotations.${name}`, entries])),
  });
}

/**
 * The row's fields under their own names. One that `taken` already holds, and Splunk's metadata, get the prefix
 * `orig_` instead (`_time` becomes `orig_time`). Absent values and empty lists are left out. What the limits cut is
 * named in `truncated_fields`.
 */
export function rowFields(row: SqlRow, taken: Fields, limits: RowLimits): Fields {
  const truncated: string[] = [];
  const named = Object.entries(row).map(([column, value]): readonly [string, SqlValue] => {
    const moves = METADATA.has(column) || Object.hasOwn(taken, column);
    const name = moves ? `orig_${column.replace(/^_/u, '')}` : column;
    const shortened = shorten(value, limits);
    if (shortened !== value) truncated.push(name);
    return [name, shortened];
  });
  return withoutEmpty({ ...Object.fromEntries(named), truncated_fields: truncated });
}

function shorten(value: SqlValue, limits: RowLimits): SqlValue {
  if (typeof value === 'string') {
    return value.length <= limits.maxValueLength ? value : value.slice(0, limits.maxValueLength);
  }
  if (!isList(value)) return value;
  const kept = value.slice(0, limits.maxValuesPerField).map((member) => shorten(member, limits));
  return kept.length === value.length && kept.every((member, index) => member === value[index]) ? value : kept;
}

function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && !(isList(value) && value.length === 0)),
  );
}
