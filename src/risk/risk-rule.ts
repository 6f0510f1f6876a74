/**
 * What a detection says about risk, whichever layout it was published in: the facts that every risk event of it
 * repeats, and the rule that turns one result row into risk events.
 */

/**
 * The kinds of search that ESCU publishes; the type decides what leaves (anomaly: risk; TTP: risk and finding).
 * Baselines and investigations are content, but not run on a schedule.
 */
export type DetectionType = 'Anomaly' | 'TTP' | 'Correlation' | 'Hunting' | 'Baseline' | 'Investigation';

/** Something that may be at risk: the result field that names it, what kind of thing it is, and the score it gets. */
export interface RiskObject {
  /** Final column name of the search, e.g. `user` or `user.groups{}`. */
  readonly field: string;
  /** `user`, `system` or `other`, as the Risk data model has it; other words are passed on as they are. */
  readonly type: string;
  /** 0 to 100 in published content; any finite number is taken. */
  readonly score: number;
}

/** What the threat came from: an address, a process, a hash. It is named in the risk events and scored nowhere. */
export interface ThreatObject {
  readonly field: string;
  /** `ip_address`, `url`, `process`, `hash`, … */
  readonly type: string;
}

/** A detection's `rba:` section, or what the older `observable`, `risk_score` and `message` tags come to. */
export interface RiskRule {
  /** Text with `$field$` tokens, e.g. `Kubernetes scanning from ip $src_ip$`. */
  readonly message: string;
  readonly riskObjects: readonly RiskObject[];
  readonly threatObjects: readonly ThreatObject[];
}

/** What is the same in every risk event and finding of one detection. */
export interface DetectionFacts {
  /** As published, e.g. `Kubernetes Access Scanning`. */
  readonly name: string;
  /** The name of the detection's view, e.g. `kubernetes_access_scanning`. */
  readonly slug: string;
  /** The published UUID. */
  readonly id: string;
  /** The published version, e.g. `8`. */
  readonly version: string;
  readonly type: DetectionType;
  /**
   * The saved search's stanza where the content names one (`ESCU - Kubernetes Access Scanning - Rule`): Splunk's
   * `source` and `search_name`. Null: the name serves.
   */
  readonly searchName: string | null;
  readonly analyticStories: readonly string[];
  /** ATT&CK technique ids, e.g. `T1552.007`. */
  readonly mitreAttackIds: readonly string[];
  /** `access`, `audit`, `endpoint`, `identity`, `network`, `threat`; null where the content names none. */
  readonly securityDomain: string | null;
  /** Further frameworks by Splunk's name for them (`cis20`, `nist`, `kill_chain_phases`), each with its entries. */
  readonly annotations: Readonly<Record<string, readonly string[]>>;
}
