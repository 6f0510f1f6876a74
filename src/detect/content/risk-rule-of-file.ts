/** A detection file's risk rule: its `rba:` block, or what the older tags come to under contentctl's mapping (rule 57). */
import type { RiskObject, RiskRule, ThreatObject } from '../../risk/risk-rule.ts';
import type { DetectionFile } from './detection-schema.ts';
import { ContentError, type YamlFile } from './yaml-file.ts';

/** Type of an observable with the role Victim (lower case) to risk object type. "User Name" is not among them. */
const riskObjectTypes: Readonly<Record<string, string>> = {
  user: 'user',
  username: 'user',
  'email address': 'user',
  device: 'system',
  endpoint: 'system',
  hostname: 'system',
  'ip address': 'system',
};

/** Type of an observable with the role Attacker (lower case) to threat object type; others keep their own name. */
const threatObjectTypes: Readonly<Record<string, string>> = {
  process: 'process',
  'process name': 'process',
  file: 'file_name',
  'file name': 'file_name',
  'file hash': 'file_name',
  'ip address': 'ip_address',
  url: 'url',
  'url string': 'url',
};

/** Null where the file says nothing about risk. Throws ContentError where it says half of it. */
export function toRiskRule(file: DetectionFile, yaml: YamlFile): RiskRule | null {
  if (file.rba != null) {
    return {
      message: file.rba.message,
      riskObjects: file.rba.risk_objects,
      threatObjects: file.rba.threat_objects,
    };
  }
  return toRiskRuleFromTags(file.tags, yaml);
}

function toRiskRuleFromTags(tags: DetectionFile['tags'], yaml: YamlFile): RiskRule | null {
  const score = scoreOf(tags);
  if (tags.message == null && tags.observable.length === 0 && score === null) return null;
  if (score === null) {
    throw new ContentError(
      'tags: expected risk_score, or impact and confidence, beside message and observable; found none.',
      yaml.lineAt(['tags']),
    );
  }
  const riskObjects: RiskObject[] = [];
  const threatObjects: ThreatObject[] = [];
  for (const { name, type, role } of tags.observable) {
    const key = type.toLowerCase();
    const victimType = role.includes('Victim') ? riskObjectTypes[key] : undefined;
    if (victimType !== undefined) riskObjects.push({ field: name, type: victimType, score });
    else if (role.includes('Attacker')) threatObjects.push({ field: name, type: threatObjectTypes[key] ?? key });
    else riskObjects.push({ field: name, type: 'other', score });
  }
  return { message: tags.message ?? '', riskObjects, threatObjects };
}

/** The published score, else impact times confidence in hundredths; null where neither is there. */
function scoreOf(tags: DetectionFile['tags']): number | null {
  if (tags.risk_score != null) return tags.risk_score;
  if (tags.impact == null || tags.confidence == null) return null;
  return (tags.impact * tags.confidence) / 100;
}
