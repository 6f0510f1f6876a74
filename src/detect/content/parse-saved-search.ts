/**
 * A stanza of `savedsearches.conf`, as contentctl writes it, to a Detection. Pure.
 *
 * ESCU ships every stanza with `disabled = true`, because installing the app must not start 1,800 searches. Naming the
 * app in the configuration is the choice to run it, so `disabled` counts only where a user wrote it, in `local/`.
 */
import { z } from 'zod';
import { hashId } from '../../risk/event-id.ts';
import type { DetectionType, RiskObject, RiskRule, ThreatObject } from '../../risk/risk-rule.ts';
import type { ContentProblem, Detection, Schedule } from '../detection.ts';
import { type ConfStanza, isTrue, settingText } from './conf-file.ts';
import { checkScheduleOf, defaultSchedules } from './schedule-of-file.ts';
import { slugOf } from './slug.ts';
import { ContentError } from './yaml-file.ts';

export type SavedSearch =
  | { readonly kind: 'detection'; readonly detection: Detection; readonly notes: readonly ContentProblem[] }
  /** Not loaded, and why: switched off, or no detection at all. */
  | { readonly kind: 'left out'; readonly note: ContentProblem };

/** Values of `action.escu.search_type` besides `detection`. */
const typeBySearchType: Readonly<Record<string, DetectionType>> = {
  support: 'Baseline',
  baseline: 'Baseline',
  investigative: 'Investigation',
  investigation: 'Investigation',
};

const texts = z.union([z.array(z.coerce.string()), z.string().transform((value) => [value])]);
const annotationsSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.object({
  detection_id: z.string().optional(),
  detection_version: z.coerce.string().optional(),
});
const riskSchema = z.array(
  z.object({
    risk_object_field: z.string().optional(),
    risk_object_type: z.string().optional(),
    risk_score: z.coerce.number().optional(),
    threat_object_field: z.string().optional(),
    threat_object_type: z.string().optional(),
  }),
);

/** `isLocal` tells of a file whether a user wrote it. Throws ContentError where the stanza cannot be taken. */
export function parseSavedSearch(stanza: ConfStanza, isLocal: (file: string) => boolean): SavedSearch {
  const off = switchedOff(stanza, isLocal);
  if (off !== null) return { kind: 'left out', note: off };
  const annotations = annotationsOf(stanza);
  const type = typeOf(stanza, annotations);
  if (type === null) {
    return leftOut(stanza, 'expected a risk or notable action or an ESCU search type, found none: it is no detection.');
  }
  const search = stanza.settings.get('search');
  if (search === undefined || search.value === '')
    throw errorAt(stanza, 'search', 'expected an SPL search, found nothing.');
  const name = nameOf(stanza.name);
  const slug = slugOf(name);
  if (slug === '') throw errorAt(stanza, null, `expected a letter or digit in the name, found "${stanza.name}".`);
  const metadata = metadataOf(stanza);
  const notes: ContentProblem[] = notApplied(stanza);
  const detection: Detection = {
    file: search.file,
    name,
    slug,
    id: metadata.detection_id ?? derivedId(stanza.name),
    version: metadata.detection_version ?? '1',
    type,
    searchName: stanza.name,
    date: settingText(stanza, 'action.escu.modification_date'),
    status: / - Deprecated - /.test(settingText(stanza, 'action.correlationsearch.label') ?? '') ? 'deprecated' : null,
    description: settingText(stanza, 'description') ?? '',
    search: search.value,
    searchOrigin: search.origin,
    schedule: scheduleOf(stanza, type, notes),
    riskRule: isTrue(stanza, 'action.risk') ? riskRuleOf(stanza) : null,
    emission: { risk: isTrue(stanza, 'action.risk'), finding: isTrue(stanza, 'action.notable') },
    analyticStories: annotations.get('analytic_story') ?? [],
    mitreAttackIds: annotations.get('mitre_attack') ?? [],
    securityDomain: settingText(stanza, 'action.notable.param.security_domain'),
    annotations: Object.fromEntries(
      ['cis20', 'nist', 'kill_chain_phases'].flatMap((key) => {
        const values = annotations.get(key) ?? [];
        return values.length === 0 ? [] : [[key, values] as const];
      }),
    ),
    strictSplunk: null,
    tests: [],
    doubtfulKeys: [],
  };
  return { kind: 'detection', detection, notes };
}

function switchedOff(stanza: ConfStanza, isLocal: (file: string) => boolean): ContentProblem | null {
  const disabled = stanza.settings.get('disabled');
  if (disabled !== undefined && isTrue(stanza, 'disabled') && isLocal(disabled.file)) {
    return { file: disabled.file, line: disabled.line, message: `[${stanza.name}] is disabled here and was left out.` };
  }
  const scheduled = stanza.settings.get('enableSched');
  if (scheduled !== undefined && !isTrue(stanza, 'enableSched') && isLocal(scheduled.file)) {
    return {
      file: scheduled.file,
      line: scheduled.line,
      message: `[${stanza.name}] is not scheduled here and was left out.`,
    };
  }
  return null;
}

/** The published type; else what the actions come to. Null: the stanza is no detection. */
function typeOf(stanza: ConfStanza, annotations: ReadonlyMap<string, readonly string[]>): DetectionType | null {
  const searchType = settingText(stanza, 'action.escu.search_type')?.toLowerCase() ?? null;
  const other = searchType === null ? undefined : typeBySearchType[searchType];
  if (other !== undefined) return other;
  const published = annotations.get('type')?.[0];
  for (const type of ['Anomaly', 'TTP', 'Correlation', 'Hunting'] as const) if (type === published) return type;
  if (isTrue(stanza, 'action.notable')) return 'TTP';
  if (isTrue(stanza, 'action.risk')) return 'Anomaly';
  return searchType === 'detection' || isTrue(stanza, 'action.correlationsearch.enabled') ? 'Hunting' : null;
}

/** `ESCU - Kubernetes Access Scanning - Rule` is "Kubernetes Access Scanning". */
function nameOf(stanza: string): string {
  return /^\S+ - (?:Deprecated - )?(.+) - Rule$/.exec(stanza)?.[1] ?? /^ESCU - (.+)$/.exec(stanza)?.[1] ?? stanza;
}

/** A UUID that depends on the stanza's name alone. */
function derivedId(stanza: string): string {
  return hashId('savedsearches.conf', stanza).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function annotationsOf(stanza: ConfStanza): ReadonlyMap<string, readonly string[]> {
  const found = jsonOf(stanza, 'action.correlationsearch.annotations', annotationsSchema) ?? {};
  return new Map(
    Object.entries(found).flatMap(([key, value]) => {
      const list = texts.safeParse(value);
      return list.success ? [[key, list.data] as const] : [];
    }),
  );
}

function metadataOf(stanza: ConfStanza): z.output<typeof metadataSchema> {
  return jsonOf(stanza, 'action.correlationsearch.metadata', metadataSchema) ?? {};
}

function scheduleOf(stanza: ConfStanza, type: DetectionType, notes: ContentProblem[]): Schedule {
  const byDefault = defaultSchedules[type];
  if (byDefault === undefined) throw new Error(`no schedule for type ${type}`);
  const take = (key: string, otherwise: string): string => {
    const value = settingText(stanza, key);
    if (value === null) {
      notes.push({
        file: stanza.file,
        line: stanza.line,
        message: `[${stanza.name}] ${key}: found none, took "${otherwise}".`,
      });
    }
    return value ?? otherwise;
  };
  const schedule = {
    cron: take('cron_schedule', byDefault.cron),
    earliest: take('dispatch.earliest_time', byDefault.earliest),
    latest: take('dispatch.latest_time', byDefault.latest),
  };
  checkScheduleOf(schedule, ({ field, cause }) => {
    const key = { cron: 'cron_schedule', earliest: 'dispatch.earliest_time', latest: 'dispatch.latest_time' }[field];
    return errorAt(stanza, key, cause.message, cause);
  });
  return schedule;
}

/** `_risk` is the list that contentctl writes; before it, one object stood in three parameters. */
function riskRuleOf(stanza: ConfStanza): RiskRule | null {
  const message = settingText(stanza, 'action.risk.param._risk_message') ?? '';
  const entries = jsonOf(stanza, 'action.risk.param._risk', riskSchema);
  const score = Number(settingText(stanza, 'action.risk.param._risk_score') ?? '0');
  if (entries === null) {
    const field = settingText(stanza, 'action.risk.param._risk_object');
    const type = settingText(stanza, 'action.risk.param._risk_object_type') ?? 'other';
    return field === null ? null : { message, riskObjects: [{ field, type, score }], threatObjects: [] };
  }
  const riskObjects: RiskObject[] = [];
  const threatObjects: ThreatObject[] = [];
  for (const entry of entries) {
    if (entry.risk_object_field !== undefined) {
      riskObjects.push({
        field: entry.risk_object_field,
        type: entry.risk_object_type ?? 'other',
        score: entry.risk_score ?? score,
      });
    }
    if (entry.threat_object_field !== undefined) {
      threatObjects.push({ field: entry.threat_object_field, type: entry.threat_object_type ?? 'other' });
    }
  }
  return { message, riskObjects, threatObjects };
}

/** Settings that would change what Splunk emits and that have no effect here. */
function notApplied(stanza: ConfStanza): ContentProblem[] {
  const notes: ContentProblem[] = [];
  const note = (key: string, why: string): void => {
    const setting = stanza.settings.get(key);
    if (setting === undefined) return;
    notes.push({ file: setting.file, line: setting.line, message: `[${stanza.name}] ${key} is not applied: ${why}` });
  };
  if (isTrue(stanza, 'alert.suppress')) {
    note('alert.suppress', 'results are not throttled; a finding keeps its identity over its window instead.');
  }
  const relation = settingText(stanza, 'relation') ?? 'greater than';
  const quantity = settingText(stanza, 'quantity') ?? '0';
  const countType = settingText(stanza, 'counttype') ?? 'number of events';
  if (
    countType !== 'always' &&
    !(countType === 'number of events' && relation === 'greater than' && quantity === '0')
  ) {
    note('counttype', 'every result row counts.');
  }
  if (settingText(stanza, 'alert_condition') !== null) note('alert_condition', 'every result row counts.');
  return notes;
}

function jsonOf<T extends z.ZodType>(stanza: ConfStanza, key: string, schema: T): z.output<T> | null {
  const text = settingText(stanza, key);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error: unknown) {
    throw errorAt(stanza, key, 'expected JSON, found text that is none.', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw errorAt(
    stanza,
    key,
    `expected another shape at "${issue?.path.join('.') ?? ''}" (${issue?.message ?? ''}).`,
    parsed.error,
  );
}

function errorAt(stanza: ConfStanza, key: string | null, message: string, cause?: unknown): ContentError {
  const place = (key === null ? undefined : stanza.settings.get(key)) ?? stanza;
  const thing = `[${stanza.name}]${key === null ? '' : ` ${key}`}`;
  return new ContentError(`${thing}: ${message}`, place.line, { cause, file: place.file });
}

function leftOut(stanza: ConfStanza, message: string): SavedSearch {
  return { kind: 'left out', note: { file: stanza.file, line: stanza.line, message: `[${stanza.name}]: ${message}` } };
}
