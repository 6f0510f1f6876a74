/**
 * Volume control: what the configuration's rules leave out of the store, decided event by event at the door.
 *
 * The first rule that matches an event decides. A sample keeps the events whose identity falls into its share, so a copy
 * that is sent again meets the same decision. What is left out is acknowledged, and counted by rule.
 */
import { type Logger, type Metrics, type NormalizedBatch, PermanentError } from '../component.ts';
import type { VolumeRuleConfig } from '../config/index.ts';
import { compileRowSearch, type EventRow, renderDiagnostic } from '../spl/index.ts';
import { auditEventRow, logEventRow } from './event-rows.ts';

export interface VolumeRule {
  readonly name: string;
  readonly matches: (row: EventRow) => boolean;
  /** The share of matching events that is kept, from 0 (none). */
  readonly keptShare: number;
}

export interface VolumeRuleCount {
  readonly rule: string;
  readonly keptShare: number;
  /** Events left out since the service started. */
  readonly dropped: number;
}

/** How often what was dropped is logged at most. */
const LOG_INTERVAL_MS = 600_000;

/** Throws PermanentError for every rule that cannot be carried out, with its place. */
export function compileVolumeRules(
  rules: readonly VolumeRuleConfig[],
  context: Parameters<typeof compileRowSearch>[1],
): readonly VolumeRule[] {
  const problems: string[] = [];
  const compiled = rules.flatMap(({ name, search, keptShare }, index): readonly VolumeRule[] => {
    const place = `volume.rules[${index}] "${name}"`;
    const source = { name: place, text: search };
    const result = compileRowSearch(source, context);
    const diagnostics = result.ok ? result.warnings : result.diagnostics;
    if (!result.ok) problems.push(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, source)).join(''));
    else if (result.matchesEverything && keptShare === 0) {
      problems.push(
        `${place}: expected a condition, found a search that every event matches: nothing would be stored.\n`,
      );
    } else return [{ name, matches: result.matches, keptShare }];
    return [];
  });
  if (problems.length === 0) return compiled;
  throw new PermanentError(`volume: expected rules that one event can answer, found:\n${problems.join('').trimEnd()}`);
}

export class VolumeControl {
  readonly #rules: readonly VolumeRule[];
  readonly #dropped: number[];
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #now: () => number;
  #lastLogged = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds since the epoch. */
  constructor(rules: readonly VolumeRule[], context: { metrics: Metrics; logger: Logger; now: () => number }) {
    this.#rules = rules;
    this.#dropped = rules.map(() => 0);
    this.#metrics = context.metrics;
    this.#logger = context.logger;
    this.#now = context.now;
    for (const { name } of rules) this.#metrics.add('pintail_intake_dropped_records_total', 0, { rule: name });
  }

  /** By rule, since the service started. */
  get counts(): readonly VolumeRuleCount[] {
    return this.#rules.map(({ name, keptShare }, index) => ({
      rule: name,
      keptShare,
      dropped: this.#dropped[index] ?? 0,
    }));
  }

  /** The rows to store. Counts nothing: a batch may still be refused and come again. */
  select(batch: NormalizedBatch): VolumeSelection {
    if (this.#rules.length === 0) return { kept: batch, dropped: [] };
    const dropped = this.#rules.map(() => 0);
    const keeps = (row: EventRow, identity: string): boolean => {
      const index = this.#rules.findIndex(({ matches }) => matches(row));
      const rule = this.#rules[index];
      if (rule === undefined || isSampled(identity, rule.keptShare)) return true;
      dropped[index] = (dropped[index] ?? 0) + 1;
      return false;
    };
    const audit = batch.audit.filter((row) => keeps(auditEventRow(row), row.identity));
    const logs = batch.logs.filter((row) => keeps(logEventRow(row), row.identity));
    return { kept: { audit, logs }, dropped };
  }

  /** Counts what `select` left out, once the rest is durable. */
  count(dropped: readonly number[]): void {
    let isAny = false;
    for (const [index, { name }] of this.#rules.entries()) {
      const count = dropped[index] ?? 0;
      if (count === 0) continue;
      isAny = true;
      this.#dropped[index] = (this.#dropped[index] ?? 0) + count;
      this.#metrics.add('pintail_intake_dropped_records_total', count, { rule: name });
    }
    if (!isAny || this.#now() - this.#lastLogged < LOG_INTERVAL_MS) return;
    this.#lastLogged = this.#now();
    const counts = Object.fromEntries(this.counts.map(({ rule, dropped: total }) => [rule, total]));
    this.#logger.info({ dropped: counts }, 'volume rules left events out since the start; detections do not see them');
  }
}

export interface VolumeSelection {
  readonly kept: NormalizedBatch;
  /** Events left out, by rule. */
  readonly dropped: readonly number[];
}

/** The first 32 bits of the identity as a part of one, against the share. */
function isSampled(identity: string, share: number): boolean {
  return Number.parseInt(identity.slice(0, 8), 16) / 2 ** 32 < share;
}
