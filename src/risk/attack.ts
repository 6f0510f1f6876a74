/**
 * MITRE ATT&CK Enterprise, version 16: the tactics, and the techniques that Kubernetes content names, each with its
 * tactics. A sub-technique without a row of its own has its technique's tactics. What is not here has no tactic, and
 * the risk event says so: a guessed tactic would fire an incident for the wrong reason.
 */

export interface Tactic {
  readonly id: string;
  /** As Splunk's annotations spell it, e.g. `credential-access`. */
  readonly shortName: string;
}

export interface Technique {
  readonly id: string;
  readonly name: string;
  readonly tactics: readonly Tactic[];
}

const TACTIC = {
  reconnaissance: { id: 'TA0043', shortName: 'reconnaissance' },
  resourceDevelopment: { id: 'TA0042', shortName: 'resource-development' },
  initialAccess: { id: 'TA0001', shortName: 'initial-access' },
  execution: { id: 'TA0002', shortName: 'execution' },
  persistence: { id: 'TA0003', shortName: 'persistence' },
  privilegeEscalation: { id: 'TA0004', shortName: 'privilege-escalation' },
  defenseEvasion: { id: 'TA0005', shortName: 'defense-evasion' },
  credentialAccess: { id: 'TA0006', shortName: 'credential-access' },
  discovery: { id: 'TA0007', shortName: 'discovery' },
  lateralMovement: { id: 'TA0008', shortName: 'lateral-movement' },
  collection: { id: 'TA0009', shortName: 'collection' },
  exfiltration: { id: 'TA0010', shortName: 'exfiltration' },
  commandAndControl: { id: 'TA0011', shortName: 'command-and-control' },
  impact: { id: 'TA0040', shortName: 'impact' },
} as const satisfies Record<string, Tactic>;

type Row = readonly [id: string, name: string, ...tactics: Tactic[]];

const T = TACTIC;
const ROWS: readonly Row[] = [
  ['T1021', 'Remote Services', T.lateralMovement],
  ['T1036', 'Masquerading', T.defenseEvasion],
  ['T1040', 'Network Sniffing', T.credentialAccess, T.discovery],
  ['T1041', 'Exfiltration Over C2 Channel', T.exfiltration],
  ['T1046', 'Network Service Discovery', T.discovery],
  ['T1048', 'Exfiltration Over Alternative Protocol', T.exfiltration],
  ['T1053', 'Scheduled Task/Job', T.execution, T.persistence, T.privilegeEscalation],
  ['T1053.007', 'Container Orchestration Job', T.execution, T.persistence, T.privilegeEscalation],
  ['T1059', 'Command and Scripting Interpreter', T.execution],
  ['T1068', 'Exploitation for Privilege Escalation', T.privilegeEscalation],
  ['T1069', 'Permission Groups Discovery', T.discovery],
  ['T1070', 'Indicator Removal', T.defenseEvasion],
  ['T1071', 'Application Layer Protocol', T.commandAndControl],
  ['T1078', 'Valid Accounts', T.defenseEvasion, T.persistence, T.privilegeEscalation, T.initialAccess],
  ['T1078.001', 'Default Accounts', T.defenseEvasion, T.persistence, T.privilegeEscalation, T.initialAccess],
  ['T1078.004', 'Cloud Accounts', T.defenseEvasion, T.persistence, T.privilegeEscalation, T.initialAccess],
  ['T1082', 'System Information Discovery', T.discovery],
  ['T1087', 'Account Discovery', T.discovery],
  ['T1090', 'Proxy', T.commandAndControl],
  ['T1098', 'Account Manipulation', T.persistence, T.privilegeEscalation],
  ['T1098.006', 'Additional Container Cluster Roles', T.persistence, T.privilegeEscalation],
  ['T1105', 'Ingress Tool Transfer', T.commandAndControl],
  ['T1110', 'Brute Force', T.credentialAccess],
  ['T1133', 'External Remote Services', T.persistence, T.initialAccess],
  ['T1136', 'Create Account', T.persistence],
  ['T1190', 'Exploit Public-Facing Application', T.initialAccess],
  ['T1195', 'Supply Chain Compromise', T.initialAccess],
  ['T1199', 'Trusted Relationship', T.initialAccess],
  ['T1204', 'User Execution', T.execution],
  ['T1204.003', 'Malicious Image', T.execution],
  ['T1210', 'Exploitation of Remote Services', T.lateralMovement],
  ['T1212', 'Exploitation for Credential Access', T.credentialAccess],
  ['T1485', 'Data Destruction', T.impact],
  ['T1486', 'Data Encrypted for Impact', T.impact],
  ['T1489', 'Service Stop', T.impact],
  ['T1490', 'Inhibit System Recovery', T.impact],
  ['T1496', 'Resource Hijacking', T.impact],
  ['T1498', 'Network Denial of Service', T.impact],
  ['T1499', 'Endpoint Denial of Service', T.impact],
  ['T1525', 'Implant Internal Image', T.persistence],
  ['T1526', 'Cloud Service Discovery', T.discovery],
  ['T1528', 'Steal Application Access Token', T.credentialAccess],
  ['T1530', 'Data from Cloud Storage', T.collection],
  ['T1543', 'Create or Modify System Process', T.persistence, T.privilegeEscalation],
  ['T1543.005', 'Container Service', T.persistence, T.privilegeEscalation],
  ['T1548', 'Abuse Elevation Control Mechanism', T.privilegeEscalation, T.defenseEvasion],
  ['T1550', 'Use Alternate Authentication Material', T.defenseEvasion, T.lateralMovement],
  ['T1550.001', 'Application Access Token', T.defenseEvasion, T.lateralMovement],
  ['T1552', 'Unsecured Credentials', T.credentialAccess],
  ['T1552.001', 'Credentials In Files', T.credentialAccess],
  ['T1552.005', 'Cloud Instance Metadata API', T.credentialAccess],
  ['T1552.007', 'Container API', T.credentialAccess],
  ['T1555', 'Credentials from Password Stores', T.credentialAccess],
  ['T1557', 'Adversary-in-the-Middle', T.credentialAccess, T.collection],
  ['T1562', 'Impair Defenses', T.defenseEvasion],
  ['T1562.001', 'Disable or Modify Tools', T.defenseEvasion],
  ['T1567', 'Exfiltration Over Web Service', T.exfiltration],
  ['T1580', 'Cloud Infrastructure Discovery', T.discovery],
  ['T1595', 'Active Scanning', T.reconnaissance],
  ['T1609', 'Container Administration Command', T.execution],
  ['T1610', 'Deploy Container', T.defenseEvasion, T.execution],
  ['T1611', 'Escape to Host', T.privilegeEscalation],
  ['T1612', 'Build Image on Host', T.defenseEvasion],
  ['T1613', 'Container and Resource Discovery', T.discovery],
  ['T1619', 'Cloud Storage Object Discovery', T.discovery],
  ['T1651', 'Cloud Administration Command', T.execution],
];

const TECHNIQUES: ReadonlyMap<string, Technique> = new Map(
  ROWS.map(([id, name, ...tactics]) => [id, { id, name, tactics }]),
);

/** What the technique ids of one detection come to; every list without repeats, in the order first met. */
export interface AttackAnnotations {
  readonly techniqueIds: readonly string[];
  readonly techniqueNames: readonly string[];
  readonly tacticIds: readonly string[];
  readonly tacticNames: readonly string[];
  /** Ids that the table does not hold: they have no name and no tactic here. */
  readonly unknownTechniqueIds: readonly string[];
}

/** Looks up technique ids such as `T1552.007`. */
export function annotateTechniques(ids: readonly string[]): AttackAnnotations {
  const techniqueIds = [...new Set(ids)];
  const known = techniqueIds.map(findTechnique).filter((technique) => technique !== undefined);
  const tactics = [...new Set(known.flatMap((technique) => technique.tactics))];
  return {
    techniqueIds,
    techniqueNames: [...new Set(known.map((technique) => technique.name))],
    tacticIds: tactics.map((tactic) => tactic.id),
    tacticNames: tactics.map((tactic) => tactic.shortName),
    unknownTechniqueIds: techniqueIds.filter((id) => findTechnique(id) === undefined),
  };
}

function findTechnique(id: string): Technique | undefined {
  const own = TECHNIQUES.get(id);
  if (own !== undefined) return own;
  const dot = id.indexOf('.');
  return dot < 0 ? undefined : TECHNIQUES.get(id.slice(0, dot));
}
