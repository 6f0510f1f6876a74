/** What a detection says about risk and its author probably did not mean. */
import type { RiskObject } from '../../risk/risk-rule.ts';
import type { Detection } from '../detection.ts';
import type { Place, Suspicion } from './report.ts';

/** Of Splunk's Risk data model. */
const objectTypes: readonly string[] = ['user', 'system', 'other'];

/** All stand at `place`. */
export function suspectRisk({ type, riskRule, emission }: Detection, place: Place): readonly Suspicion[] {
  if (!emission.risk) return [];
  const objects = riskRule?.riskObjects ?? [];
  // A correlation is over risk that others gave.
  if (objects.length === 0 && type !== 'Correlation') {
    const message = `Results of this ${type} are to give risk, but no risk object is named, so none is scored.`;
    return [{ code: 'CHK119', name: 'no-risk-object', message, place }];
  }
  return objects.flatMap((object) => suspectObject(object, place));
}

function suspectObject({ field, type, score }: RiskObject, place: Place): readonly Suspicion[] {
  const found: Suspicion[] = [];
  if (score < 0) {
    const message = `The risk object ${field} has the score ${score}: each result takes risk away from it.`;
    found.push({ code: 'CHK120', name: 'negative-score', message, place });
  }
  if (!objectTypes.includes(type)) {
    const message = `The risk object ${field} has the type "${type}"; Splunk's Risk data model has ${objectTypes.join(', ')}.`;
    found.push({ code: 'CHK121', name: 'unknown-risk-object-type', message, place });
  }
  return found;
}
