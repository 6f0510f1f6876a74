/** A detection's search to SQL, with what a run needs to know about it. */
import { hashId } from '../../risk/event-id.ts';
import {
  compile,
  type Diagnostic,
  type FieldRule,
  type LookupWrite,
  type OutputField,
  type OwnBounds,
  renderDiagnostic,
  type Source,
  type SplLimits,
  type WindowBinding,
} from '../../spl/index.ts';
import type { Detection, Lookup, Macro } from '../detection.ts';

export interface CompiledDetection {
  readonly ok: true;
  readonly detection: Detection;
  /** The view's SELECT. */
  readonly sql: string;
  /** The columns of `sql`, in their order. */
  readonly fields: readonly OutputField[];
  /** The column whose cells are columns of their own where people read the rows; null where the search makes none. */
  readonly spread: string | null;
  /** Changes with anything that decides what a run finds or emits: SQL, schedule, risk rule, type. */
  readonly contentHash: string;
  /** Final names of the fields that tell rows apart; null: the whole row does. */
  readonly keyFields: readonly string[] | null;
  readonly datasets: readonly string[];
  /** Of each search within it that reads events, the times that it sets in place of the window's. */
  readonly ownBounds: readonly OwnBounds[];
  /** SQL tables of the lookups that it reads. */
  readonly lookupTables: readonly string[];
  /** What a run does with the rows besides; null for a search that only reads. */
  readonly writes: LookupWrite | null;
  readonly usesIpLocation: boolean;
  readonly warnings: readonly Diagnostic[];
}

/** A detection whose search does not compile. Its windows are recorded as failed until it does. */
export interface UncompiledDetection {
  readonly ok: false;
  readonly detection: Detection;
  readonly contentHash: string;
  readonly diagnostics: readonly Diagnostic[];
  /** The diagnostics drawn into the file's text, for people. */
  readonly error: string;
}

export interface CompileDetectionOptions {
  readonly macros: ReadonlyMap<string, Macro>;
  /** None where left out. */
  readonly lookups?: ReadonlyMap<string, Lookup> | undefined;
  /** Fields that the content makes of events; none where left out. */
  readonly fieldRules?: readonly FieldRule[] | undefined;
  /** Values of the `$name$` in searches that a person runs. */
  readonly tokens?: ReadonlyMap<string, string> | undefined;
  /** Where the detection itself does not say. */
  readonly strictSplunk: boolean;
  /** `detection`: as the detection's view; `session`: over the window that the session sets, or all time. */
  readonly window: WindowBinding['kind'];
  /** What a search may cost the compiler; its defaults where left out. */
  readonly limits?: Partial<SplLimits> | undefined;
}

export function compileDetection(
  detection: Detection,
  options: CompileDetectionOptions,
): CompiledDetection | UncompiledDetection {
  const source = sourceOf(detection);
  const result = compile(source, {
    macros: options.macros,
    ...(options.lookups && { lookups: options.lookups }),
    ...(options.fieldRules && { fieldRules: options.fieldRules }),
    ...(options.tokens && { tokens: options.tokens }),
    strict: detection.strictSplunk ?? options.strictSplunk,
    window: options.window === 'session' ? { kind: 'session' } : { kind: 'detection', name: detection.slug },
    ...(options.limits && { limits: options.limits }),
  });
  if (!result.ok) {
    const error = result.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, source)).join('\n');
    return {
      ok: false,
      detection,
      contentHash: contentHash(detection, detection.search),
      diagnostics: result.diagnostics,
      error,
    };
  }
  return {
    ok: true,
    detection,
    sql: result.sql,
    fields: result.fields,
    spread: result.spread ?? null,
    contentHash: contentHash(
      detection,
      [
        result.sql,
        ...lookupHashes(result.lookupTables, options),
        ...(result.writes === undefined ? [] : [JSON.stringify(result.writes)]),
      ].join('\n'),
    ),
    keyFields: result.keyFields ?? null,
    datasets: result.datasets,
    ownBounds: result.ownBounds,
    lookupTables: result.lookupTables,
    writes: result.writes ?? null,
    usesIpLocation: result.usesIpLocation,
    warnings: result.warnings,
  };
}

function lookupHashes(tables: readonly string[], { lookups }: CompileDetectionOptions): readonly string[] {
  return [...(lookups?.values() ?? [])].filter(({ table }) => tables.includes(table)).map(({ hash }) => hash);
}

/** The search as the compiler takes it; its diagnostics point into the detection's file. */
export function sourceOf(detection: Detection): Source {
  return { name: detection.file, text: detection.search, ...detection.searchOrigin };
}

function contentHash(detection: Detection, text: string): string {
  const { name, version, type, schedule, riskRule, emission } = detection;
  return hashId(text, JSON.stringify({ name, version, type, schedule, riskRule, emission }));
}
