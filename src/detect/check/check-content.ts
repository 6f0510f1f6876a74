/** All searches of loaded content checked, and the totals. */
import { dirname } from 'node:path';
import type { OwnBounds, SplLimits } from '../../spl/index.ts';
import type { Content } from '../content/load-content.ts';
import type { Detection, Schedule } from '../detection.ts';
import { type CompiledDetection, compileDetection, type UncompiledDetection } from '../run/compile-detection.ts';
import { measureTiling, type Tiling } from '../schedule/windows.ts';
import { checkData } from './check-data.ts';
import { checkSearch, textToCompare } from './check-search.ts';
import { EventFacts, type EventQuery } from './event-facts.ts';
import { withInputs } from './inputs.ts';
import { outlineOf } from './outline.ts';
import type { Report, SearchCheck, Totals } from './report.ts';
import { readVolumeRules, type VolumeRuleText } from './volume-rules.ts';

/** Eight days of hourly windows. */
const measuredRuns = 200;

export interface CheckContentOptions {
  /** IANA name; schedules are read in it. */
  readonly timeZone: string;
  /** Epoch seconds from which on windows are laid out. */
  readonly from: number;
  readonly strictSplunk: boolean;
  readonly limits?: Partial<SplLimits> | undefined;
  /** The service's volume rules, which compile; none where left out. */
  readonly volumeRules?: readonly VolumeRuleText[] | undefined;
  /** The events at hand; null: only the text is checked. */
  readonly events: EventQuery | null;
  /** Told after each search. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Rejects only where the events cannot be read; what is wrong with a search is in the report. */
export async function checkContent(content: Content, options: CheckContentOptions): Promise<Report> {
  const { macros, lookups, fieldRules } = content;
  const compileOptions = {
    macros,
    lookups,
    fieldRules,
    strictSplunk: options.strictSplunk,
    window: 'session',
    limits: options.limits,
  } as const;
  const facts = options.events === null ? null : new EventFacts(options.events);
  const all = [...content.detections, ...content.unscheduled];
  const byText = Map.groupBy(all, textToCompare);
  const tilingOf = rememberTilings(options);
  const volumeRules = readVolumeRules(options.volumeRules ?? [], macros);
  const searches: SearchCheck[] = [];
  for (const detection of all) {
    const runnable = detection.type === 'Investigation' ? withInputs(detection) : detection;
    const compiled: CompiledDetection | UncompiledDetection = compileDetection(runnable, compileOptions);
    const outline = outlineOf(runnable, macros, lookups);
    const parts = compiled.ok ? compiled.ownBounds : [];
    const check = checkSearch({ ...compiled, detection }, outline, {
      sameText: namesOfOthers(detection, byText),
      fieldSettings: content.fieldSettings,
      fieldRules,
      volumeRules,
      tilingOf: (schedule) => tilingOf(schedule, parts),
    });
    const canRun = compiled.ok && outline !== undefined && check.inputs.length === 0;
    const data = facts !== null && canRun ? await checkData(compiled, outline, facts, compileOptions) : null;
    searches.push({ ...check, data });
    options.onProgress?.(searches.length, all.length);
  }
  return {
    searches,
    totals: totalsOf(searches),
    folders: [...Map.groupBy(searches, ({ file }) => dirname(file))].map(([folder, within]) => ({
      folder,
      ...totalsOf(within),
    })),
    refusals: countRefusals(searches),
    problems: content.problems,
    notes: content.notes,
  };
}

/** Most searches share a few schedules, and laying out the windows of one takes milliseconds. */
function rememberTilings({
  timeZone,
  from,
}: CheckContentOptions): (schedule: Schedule, parts: readonly OwnBounds[]) => Tiling {
  const known = new Map<string, Tiling>();
  return (schedule, parts) => {
    const key = JSON.stringify([schedule, parts]);
    const tiling = known.get(key) ?? measureTiling(schedule, parts, timeZone, from, measuredRuns);
    known.set(key, tiling);
    return tiling;
  };
}

function namesOfOthers(detection: Detection, byText: ReadonlyMap<string, readonly Detection[]>): readonly string[] {
  const same = byText.get(textToCompare(detection)) ?? [];
  return same.filter((other) => other !== detection).map(({ name }) => name);
}

function totalsOf(searches: readonly SearchCheck[]): Totals {
  const count = (matches: (search: SearchCheck) => boolean): number => searches.filter(matches).length;
  const hasData = searches.some(({ data }) => data !== null);
  return {
    searches: searches.length,
    compile: count(({ compiles }) => compiles),
    refused: count(({ compiles }) => !compiles),
    suspicious: count(({ suspicions }) => suspicions.length > 0),
    blind: hasData ? count(({ data }) => data?.blind === true) : null,
    strictDiffers: hasData ? count(({ data }) => data?.strict.kind === 'different') : null,
  };
}

function countRefusals(searches: readonly SearchCheck[]): Report['refusals'] {
  const counts = new Map<string, number>();
  for (const { refusals } of searches) {
    for (const reason of new Set(refusals.map(({ code, message }) => `${code} ${message}`))) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  return [...counts].map(([reason, count]) => ({ reason, searches: count })).sort((a, b) => b.searches - a.searches);
}
