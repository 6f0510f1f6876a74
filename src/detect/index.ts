/** Loads detections, runs them over every window, keeps the ledger, and runs the tests that detections carry. */
export { type CheckContentOptions, checkContent } from './check/check-content.ts';
export { EventFacts, type EventQuery } from './check/event-facts.ts';
export { findBlindSpots } from './check/find-blind-spots.ts';
export type { DataCheck, DataGap, Report, SearchCheck, SearchMessage, Suspicion, Totals } from './check/report.ts';
export { type Content, type ContentSettings, defaultContentSettings, loadContent } from './content/load-content.ts';
export { slugOf } from './content/slug.ts';
export type {
  ContentProblem,
  Detection,
  DetectionTest,
  Emission,
  FieldSetting,
  Lookup,
  LookupDefinition,
  Macro,
  Schedule,
  TestData,
} from './detection.ts';
export {
  type DetectionTestOptions,
  type DetectionTestResult,
  type EventSandbox,
  runDetectionTests,
} from './proof/run-detection-tests.ts';
export {
  type CompiledDetection,
  compileDetection,
  sourceOf,
  type UncompiledDetection,
} from './run/compile-detection.ts';
export { dropOtherLookups, installLookups } from './run/install-lookups.ts';
export { installViews } from './run/install-views.ts';
export type { RunOutcome, ScheduledWindow } from './run/run-window.ts';
export { writeLookup } from './run/write-lookup.ts';
export { type Clock, systemClock } from './schedule/clock.ts';
export { DetectionScheduler, type DetectionSchedulerOptions } from './schedule/detection-scheduler.ts';
export { defaultSchedulerSettings, type SchedulerSettings } from './schedule/settings.ts';
export { parseTimeModifier, resolveTime } from './schedule/time-modifier.ts';
export { measureTiling, type Tiling, windowAt } from './schedule/windows.ts';
