/**
 * The keys of a detection file that Pintail reads: the layout of splunk/security_content in its older form
 * (`tags.observable`, `risk_score`, `message`) and its newer one (`rba:`), plus the block `pintail:` of our own.
 * Other keys of that layout (how_to_implement, drilldown_searches, …) are for readers and pass unread.
 */
import { z } from 'zod';

const text = z.string();
const nonEmpty = z.string().trim().min(1);
/** YAML reads `2026-03-10` and `8` as other types than text; both are meant as text. */
const textLike = z
  .union([z.string(), z.number(), z.date()], { error: 'expected a text, number or date' })
  .transform((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)));
const textList = z
  .union([text.transform((value) => [value]), z.array(textLike)], { error: 'expected a text or a list of texts' })
  .nullish()
  .transform((value) => value ?? []);
const score = z.number().finite();

const riskBlock = z.object({
  message: nonEmpty,
  risk_objects: z.array(z.object({ field: nonEmpty, type: nonEmpty, score })).default([]),
  threat_objects: z
    .array(z.object({ field: nonEmpty, type: nonEmpty }))
    .nullish()
    .transform((value) => value ?? []),
});

const observable = z.object({ name: nonEmpty, type: nonEmpty, role: textList });

const tags = z.object({
  analytic_story: textList,
  mitre_attack_id: textList,
  cis20: textList,
  nist: textList,
  kill_chain_phases: textList,
  security_domain: text.nullish(),
  risk_score: score.nullish(),
  impact: score.nullish(),
  confidence: score.nullish(),
  message: text.nullish(),
  observable: z
    .array(observable)
    .nullish()
    .transform((value) => value ?? []),
});

const schedulingKeys = z.object({
  cron_schedule: nonEmpty,
  earliest_time: textLike,
  latest_time: textLike,
});

const test = z.object({
  name: nonEmpty,
  attack_data: z
    .array(
      z.object({
        data: nonEmpty,
        source: text.nullish(),
        sourcetype: text.nullish(),
        custom_index: text.nullish(),
        host: text.nullish(),
        cluster: text.nullish(),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
  expected: nonEmpty.nullish(),
  earliest: textLike.nullish(),
  latest: textLike.nullish(),
  now: textLike.nullish(),
});

/** Keys that no published layout has; unknown ones are mistakes. */
const pintailBlock = z.strictObject({
  strict_splunk: z.boolean().optional(),
  emits: z.array(z.enum(['risk', 'finding'])).optional(),
});

export const detectionSchema = z.object({
  name: nonEmpty,
  id: nonEmpty,
  version: textLike.default('1'),
  date: textLike.nullish(),
  status: text.nullish(),
  type: z.enum(['Anomaly', 'TTP', 'Correlation', 'Hunting', 'Baseline', 'Investigation']),
  description: text.default(''),
  search: nonEmpty,
  rba: riskBlock.nullish(),
  tags: tags.nullish().transform((value) => value ?? tags.parse({})),
  deployment: z.object({ scheduling: schedulingKeys }).nullish(),
  tests: z
    .array(test)
    .nullish()
    .transform((value) => value ?? []),
  pintail: pintailBlock.nullish(),
});

export type DetectionFile = z.output<typeof detectionSchema>;

/** A file of `deployments/`: the schedule that detections of one type get. */
export const deploymentSchema = z.object({ type: nonEmpty, scheduling: schedulingKeys });

/** A file of `macros/`. */
export const macroSchema = z.object({
  name: nonEmpty,
  arguments: textList,
  definition: z.string().default(''),
});

/** A file of `lookups/`. YAML reads `false` and `1` as other types than the text that Splunk's settings are. */
const settingText = z
  .union([z.string(), z.number(), z.boolean()], { error: 'expected a text, number or truth value' })
  .transform(String);
export const lookupSchema = z.object({
  name: nonEmpty,
  /** Since 2025: `csv` stands in a file of the same name beside this one, `kvstore` is a collection of this name. */
  lookup_type: text.nullish(),
  filename: text.nullish(),
  collection: text.nullish(),
  fields_list: text.nullish(),
  fields: z.array(text).nullish(),
  match_type: z
    .union([text, z.array(text).transform((list) => list.join(', '))], { error: 'expected a text or a list of texts' })
    .nullish(),
  case_sensitive_match: settingText.nullish(),
  default_match: settingText.nullish(),
  min_matches: settingText.nullish(),
  max_matches: settingText.nullish(),
});

/** `config/macros.yaml`: the user's own macros by name. */
export const macrosSchema = z.strictObject({
  macros: z.record(
    z.string(),
    z.strictObject({ arguments: textList, definition: z.string(), description: text.optional() }),
  ),
});
