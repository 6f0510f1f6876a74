import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { annotateTechniques } from '../../src/risk/attack.ts';

test('gives each technique its name and tactics, each once, in order', () => {
  expect(annotateTechniques(['T1610', 'T1053.007', 'T1610'])).toEqual({
    techniqueIds: ['T1610', 'T1053.007'],
    techniqueNames: ['Deploy Container', 'Container Orchestration Job'],
    tacticIds: ['TA0005', 'TA0002', 'TA0003', 'TA0004'],
    tacticNames: ['defense-evasion', 'execution', 'persistence', 'privilege-escalation'],
    unknownTechniqueIds: [],
  });
});

test('a sub-technique without a row has its technique’s tactics', () => {
  expect(annotateTechniques(['T1110.003'])).toMatchObject({ tacticIds: ['TA0006'], unknownTechniqueIds: [] });
});

test('what the table does not hold has no tactic and is named', () => {
  expect(annotateTechniques(['T0000', 'T1046', 'nonsense'])).toEqual({
    techniqueIds: ['T0000', 'T1046', 'nonsense'],
    techniqueNames: ['Network Service Discovery'],
    tacticIds: ['TA0007'],
    tacticNames: ['discovery'],
    unknownTechniqueIds: ['T0000', 'nonsense'],
  });
});

const content = process.env.PINTAIL_ESCU;

test.skipIf(!content)('knows every technique that published Kubernetes content names (PINTAIL_ESCU)', () => {
  const folder = join(content ?? '', 'detections');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yml'));
  const ids = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const listed = /mitre_attack_id:\n((?:\s*- T[\d.]+\n)+)/u.exec(text)?.[1] ?? '';
    return listed.match(/T[\d.]+/gu) ?? [];
  });
  expect(ids.length).toBeGreaterThan(0);
  expect(annotateTechniques(ids).unknownTechniqueIds).toEqual([]);
});
