/**
 * Severity words of Splunk Enterprise Security, and the OTLP severity that each leaves with.
 */

export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical';

/** OTLP severityNumber (logs data model): INFO is 9 to 12, WARN 13, ERROR 17, FATAL 21. */
export const SEVERITY_NUMBER: Readonly<Record<Severity, number>> = {
  informational: 9,
  low: 10,
  medium: 13,
  high: 17,
  critical: 21,
};

/** The first band whose bound a risk score does not exceed: bands of 20, as ESCU words its scores. */
const SCORE_BANDS: readonly (readonly [upTo: number, severity: Severity])[] = [
  [20, 'informational'],
  [40, 'low'],
  [60, 'medium'],
  [80, 'high'],
];

/** The severity of one risk score; above 80 it is critical. */
export function severityOfScore(score: number): Severity {
  return SCORE_BANDS.find(([upTo]) => score <= upTo)?.[1] ?? 'critical';
}
