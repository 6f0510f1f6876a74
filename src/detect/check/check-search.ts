/** One search as far as its text alone tells. Pure. */
import type { Diagnostic, FieldRule } from '../../spl/index.ts';
import { locate, type Source } from '../../spl/source.ts';
import { runsOnSchedule } from '../content/runs-on-schedule.ts';
import type { Detection, FieldSetting, Schedule } from '../detection.ts';
import { type CompiledDetection, sourceOf, type UncompiledDetection } from '../run/compile-detection.ts';
import { setsTimes } from '../schedule/read-range.ts';
import type { Tiling } from '../schedule/windows.ts';
import { inputsOf } from './inputs.ts';
import { lint } from './lints/index.ts';
import type { Outline } from './outline.ts';
import type { SearchCheck, SearchMessage, Suspicion, Windows } from './report.ts';
import { suspectRisk } from './risk-suspicions.ts';
import { leftOutByRules, type ReadVolumeRule } from './volume-rules.ts';

/** What a search is checked against besides its own text. */
export interface CheckSearchOptions {
  /** Names of the other searches whose text is the same. */
  readonly sameText: readonly string[];
  /** Of the same content. */
  readonly fieldSettings: readonly FieldSetting[];
  readonly fieldRules: readonly FieldRule[];
  readonly volumeRules: readonly ReadVolumeRule[];
  readonly tilingOf: (schedule: Schedule) => Tiling;
}

/** `outline` is undefined where it cannot be parsed. */
export function checkSearch(
  compiled: CompiledDetection | UncompiledDetection,
  outline: Outline | undefined,
  { sameText, fieldSettings, fieldRules, volumeRules, tilingOf }: CheckSearchOptions,
): SearchCheck {
  const { detection } = compiled;
  const source = sourceOf(detection);
  const windows = runsOnSchedule(detection) ? { ...detection.schedule, ...tilingOf(detection.schedule) } : null;
  return {
    name: detection.name,
    view: detection.slug,
    file: detection.file,
    type: detection.type,
    status: detection.status,
    compiles: compiled.ok,
    refusals: compiled.ok ? [] : compiled.diagnostics.map((diagnostic) => toMessage(diagnostic, source)),
    warnings: compiled.ok ? compiled.warnings.map((diagnostic) => toMessage(diagnostic, source)) : [],
    commands: outline?.searches.flatMap(({ commands }) => commands.map(({ name }) => name.toLowerCase())) ?? [],
    reads:
      outline?.scans.map(({ dataset, fields, extracted, everything }) => ({
        dataset,
        fields,
        extracted,
        everything,
      })) ?? [],
    inputs: inputsOf(detection),
    usesIpLocation:
      outline?.searches.some(({ commands }) => commands.some(({ kind }) => kind === 'IplocationCommand')) ?? false,
    suspicions: [
      ...duplicates(detection, sameText),
      ...misspeltKeys(detection),
      ...(outline === undefined ? [] : lint(outline)),
      ...(outline === undefined ? [] : fieldsOfProps(outline, fieldSettings)),
      ...(outline === undefined ? [] : leftOutByRules(outline, volumeRules, fieldRules)),
      ...(compiled.ok ? unknownRiskFields(compiled) : []),
      ...suspectRisk(detection, startOf(detection)),
      // A baseline learns from what lies behind it, again at every run.
      ...(windows === null || detection.type === 'Baseline' ? [] : untiled(compiled, windows)),
    ],
    windows,
    data: null,
  };
}

/** A search's text apart from its own filter macro, which users fill in: what two duplicates share. */
export function textToCompare(detection: Detection): string {
  return detection.search.trim().replace(/\s*\|\s*`\w+_filter`$/, '');
}

function duplicates(detection: Detection, sameText: readonly string[]): readonly Suspicion[] {
  if (sameText.length === 0) return [];
  const names = sameText.map((name) => `"${name}"`).join(', ');
  const message = `The search is the same as that of ${names}, byte for byte, filter macros apart.`;
  return [{ code: 'CHK101', name: 'duplicate-search', message, place: startOf(detection) }];
}

function misspeltKeys({ file, doubtfulKeys }: Detection): readonly Suspicion[] {
  return doubtfulKeys.map(({ key, suggestion, line }) => ({
    code: 'CHK118',
    name: 'unknown-key',
    message: `${key} is no key of a detection and has no effect. ${suggestion}`,
    place: { file, line, column: 1 },
  }));
}

/**
 * A risk or threat object or a `$token$` of the message that is no field of the results: no risk event, one without what
 * the threat came from, or a message with a hole.
 */
function unknownRiskFields({ detection, fields }: CompiledDetection): readonly Suspicion[] {
  const rule = detection.riskRule;
  if (rule === null || !detection.emission.risk) return [];
  const names = new Set(fields.map(({ name }) => name));
  const place = startOf(detection);
  const objects = rule.riskObjects.filter(({ field }) => !names.has(field));
  const threats = rule.threatObjects.filter(({ field }) => !names.has(field));
  const tokens = [...rule.message.matchAll(/\$([^$\s]+)\$/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !names.has(name));
  return [
    ...objects.map(({ field }) => ({
      code: 'CHK111',
      name: 'risk-object-not-in-results',
      message: `The risk object ${field} is no field of the results, so it is never scored.`,
      place,
    })),
    ...[...new Set(tokens)].map((field) => ({
      code: 'CHK112',
      name: 'message-field-not-in-results',
      message: `The risk message names $${field}$, which is no field of the results.`,
      place,
    })),
    ...threats.map(({ field }) => ({
      code: 'CHK117',
      name: 'threat-object-not-in-results',
      message: `The threat object ${field} is no field of the results, so no risk event names it.`,
      place,
    })),
  ];
}

/** Fields that props.conf of the same content would make by settings that are not applied. */
function fieldsOfProps({ detection, scans }: Outline, settings: readonly FieldSetting[]): readonly Suspicion[] {
  const read = new Set(scans.flatMap(({ fields }) => fields));
  return settings.flatMap(({ makes, key, stanza, file, line }) =>
    makes
      .filter((name) => read.has(name))
      .map((name) => ({
        code: 'CHK115',
        name: 'field-of-props',
        message: `${name} is made by ${key} of [${stanza}] (${file}:${line}), which is not applied here.`,
        place: startOf(detection),
      })),
  );
}

function untiled(compiled: CompiledDetection | UncompiledDetection, windows: Windows): readonly Suspicion[] {
  const { detection } = compiled;
  const found: Suspicion[] = [];
  const place = startOf(detection);
  const own = compiled.ok && setsTimes(compiled.ownBounds) ? ', and the times that the search sets' : '';
  const what = `cron "${windows.cron}" with ${windows.earliest} to ${windows.latest}${own}`;
  if (windows.longestGap > 0) {
    const message = `Windows leave out up to ${windows.longestGap} s between two runs (${what}).`;
    found.push({ code: 'CHK113', name: 'window-gap', message, place });
  }
  if (windows.longestOverlap > 0) {
    const message = `Windows in a row cover up to ${windows.longestOverlap} s twice (${what}): what is found there is found twice.`;
    found.push({ code: 'CHK114', name: 'window-overlap', message, place });
  }
  return found;
}

function startOf({ file, searchOrigin }: Detection): SearchMessage['place'] {
  return { file, line: searchOrigin.line, column: searchOrigin.column };
}

function toMessage({ code, message, span, help }: Diagnostic, source: Source): SearchMessage {
  const { line, column } = locate(source, span.start);
  return { code, message, help: help ?? null, place: { file: source.name, line, column } };
}
