/** One detection file to a Detection. Pure, apart from making the paths of test data absolute. */
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { Detection, DetectionTest, Emission, Schedule } from '../detection.ts';
import { type DetectionFile, detectionSchema } from './detection-schema.ts';
import { doubtfulKeysOf } from './doubtful-keys.ts';
import { toRiskRule } from './risk-rule-of-file.ts';
import { checkScheduleOf } from './schedule-of-file.ts';
import { slugOf } from './slug.ts';
import { ContentError, type YamlFile } from './yaml-file.ts';

const emissionByType: Readonly<Record<string, Emission>> = {
  Anomaly: { risk: true, finding: false },
  TTP: { risk: true, finding: true },
  Correlation: { risk: true, finding: true },
  Hunting: { risk: false, finding: false },
};

/**
 * `schedules` gives the schedule by detection type (a checkout's deployments over the defaults); the file's own
 * `deployment.scheduling` comes before it. Throws ContentError at the first thing that cannot be taken.
 */
export function parseDetection(yaml: YamlFile, schedules: Readonly<Record<string, Schedule>>): Detection {
  refuseByName(yaml);
  const parsed = parseWith(detectionSchema, yaml);
  const slug = slugOf(parsed.name);
  if (slug === '') {
    throw new ContentError(`name: expected a letter or digit, found "${parsed.name}".`, yaml.lineAt(['name']));
  }
  return {
    file: yaml.file,
    name: parsed.name,
    slug,
    id: parsed.id,
    version: parsed.version,
    type: parsed.type,
    searchName: null,
    date: parsed.date ?? null,
    status: parsed.status ?? null,
    description: parsed.description,
    search: parsed.search,
    searchOrigin: yaml.originOf(['search']),
    schedule: scheduleOf(parsed, yaml, schedules),
    riskRule: toRiskRule(parsed, yaml),
    emission: emissionOf(parsed),
    analyticStories: parsed.tags.analytic_story,
    mitreAttackIds: parsed.tags.mitre_attack_id,
    securityDomain: parsed.tags.security_domain ?? null,
    annotations: annotationsOf(parsed),
    strictSplunk: parsed.pintail?.strict_splunk ?? null,
    tests: parsed.tests.map((test) => toTest(test, dirname(yaml.file))),
    doubtfulKeys: doubtfulKeysOf(yaml),
  };
}

/** Checks the document against the schema; the first issue becomes a ContentError with its line. */
export function parseWith<T extends z.ZodType>(schema: T, yaml: YamlFile): z.output<T> {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path ?? [];
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  throw new ContentError(
    `${path.map(String).join('.') || 'file'}: ${describeIssue(issue, yaml.value)}.`,
    yaml.lineAt([...path, ...extra.slice(0, 1)]),
    { cause: result.error },
  );
}

/** zod's words in the form of our messages: `expected <what>, found <what>`. */
function describeIssue(issue: z.core.$ZodIssue | undefined, document: unknown): string {
  if (issue === undefined) return 'expected another value';
  if (issue.code === 'unrecognized_keys') return `expected known keys, found "${issue.keys.join('", "')}"`;
  const expected = issue.message.replace(/^(?:Invalid (?:input|option)|Too \w+): /, '').replace(/, received \w+$/, '');
  const found = issue.path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    document,
  );
  const wanted = expected.startsWith('expected') ? expected : `expected another value (${expected})`;
  return `${wanted}, found ${found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 100)}`;
}

function refuseByName(yaml: YamlFile): void {
  if (yaml.keys.has('sql')) {
    throw new ContentError(
      'sql: expected the detection in SPL under "search", found SQL, which is not supported yet.',
      yaml.lineAt(['sql']),
    );
  }
  const misplaced = ['schedule', 'scheduling', 'cron_schedule'].find((key) => yaml.keys.has(key));
  if (misplaced !== undefined) {
    throw new ContentError(
      `${misplaced}: expected a schedule of the detection's own under "deployment.scheduling" (cron_schedule, earliest_time, latest_time), found it at the top, where it would have no effect.`,
      yaml.lineAt([misplaced]),
    );
  }
}

function scheduleOf(parsed: DetectionFile, yaml: YamlFile, schedules: Readonly<Record<string, Schedule>>): Schedule {
  const own = parsed.deployment?.scheduling;
  const byType = schedules[parsed.type];
  if (own === undefined && byType === undefined) throw new Error(`no schedule for type ${parsed.type}`);
  const schedule =
    own === undefined ? byType : { cron: own.cron_schedule, earliest: own.earliest_time, latest: own.latest_time };
  if (schedule === undefined) throw new Error(`no schedule for type ${parsed.type}`);
  checkSchedule(schedule, yaml, ['deployment', 'scheduling']);
  return schedule;
}

/** Throws ContentError where the cron expression or a time modifier cannot be read. */
export function checkSchedule(schedule: Schedule, yaml: YamlFile, path: readonly string[]): void {
  const keys = { cron: 'cron_schedule', earliest: 'earliest_time', latest: 'latest_time' };
  checkScheduleOf(schedule, ({ field, cause }) => {
    const at = [...path, keys[field]];
    return new ContentError(`${at.join('.')}: ${cause.message}`, yaml.lineAt(at), { cause });
  });
}

function emissionOf(parsed: DetectionFile): Emission {
  const emits = parsed.pintail?.emits;
  if (emits !== undefined) return { risk: emits.includes('risk'), finding: emits.includes('finding') };
  return emissionByType[parsed.type] ?? { risk: false, finding: false };
}

function annotationsOf(parsed: DetectionFile): Readonly<Record<string, readonly string[]>> {
  const { cis20, nist, kill_chain_phases } = parsed.tags;
  return Object.fromEntries(Object.entries({ cis20, nist, kill_chain_phases }).filter(([, list]) => list.length > 0));
}

function toTest(test: DetectionFile['tests'][number], folder: string): DetectionTest {
  return {
    name: test.name,
    data: test.attack_data.map((entry) => {
      const isLocal = !/^[a-z][a-z0-9+.-]+:\/\//i.test(entry.data);
      return {
        data: isLocal ? resolve(folder, entry.data) : entry.data,
        isLocal,
        source: entry.source ?? null,
        sourcetype: entry.sourcetype ?? null,
        index: entry.custom_index ?? null,
        host: entry.host ?? null,
        cluster: entry.cluster ?? null,
      };
    }),
    expected: test.expected == null ? null : resolve(folder, test.expected),
    earliest: test.earliest ?? null,
    latest: test.latest ?? null,
    now: test.now ?? null,
  };
}
