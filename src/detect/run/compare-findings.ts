/** What a run over a window changes about the findings that the window had. Pure. */
import type { IdentifiedRow } from './identify-findings.ts';

/** A finding as the table holds it. */
export interface StoredFinding {
  readonly findingId: string;
  readonly isActive: boolean;
  readonly revision: number;
  readonly json: string;
}

export type FindingChange =
  | { readonly kind: 'finding'; readonly found: IdentifiedRow }
  | { readonly kind: 'finding_revised'; readonly found: IdentifiedRow; readonly revision: number }
  | { readonly kind: 'finding_withdrawn'; readonly stored: StoredFinding; readonly revision: number };

/** A repeated run over the same rows gives no change. A withdrawn finding that is found again is a revision. */
export function compareFindings(
  stored: readonly StoredFinding[],
  found: readonly IdentifiedRow[],
): readonly FindingChange[] {
  const before = new Map(stored.map((finding) => [finding.findingId, finding]));
  const now = new Set(found.map((row) => row.findingId));
  const changes: FindingChange[] = [];
  for (const row of found) {
    const known = before.get(row.findingId);
    if (known === undefined) changes.push({ kind: 'finding', found: row });
    else if (!known.isActive || known.json !== row.json) {
      changes.push({ kind: 'finding_revised', found: row, revision: known.revision + 1 });
    }
  }
  for (const finding of stored) {
    if (finding.isActive && !now.has(finding.findingId)) {
      changes.push({ kind: 'finding_withdrawn', stored: finding, revision: finding.revision + 1 });
    }
  }
  return changes;
}
