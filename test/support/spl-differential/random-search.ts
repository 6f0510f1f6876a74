/**
 * Random searches that make sense: fields that are there, functions on what they take. What is left out, and why, stands beside it.
 * A search ends in fixed fields, so that every column can be compared.
 */
import type { Random } from './random.ts';
import { quoted, randomCommand, splitCommand } from './random-commands.ts';
import { randomSearchTerms } from './random-terms.ts';

/** `one`: at most one value; `many`: perhaps several; `number`: SPL computed it. */
export type Kind = 'one' | 'many' | 'number';

export interface Fields {
  readonly known: ReadonlyMap<string, Kind>;
  /** Still events: `_time` and `_raw` are there, and any name means something. */
  readonly isEvents: boolean;
  readonly hasTime: boolean;
}

export interface RandomSearch {
  readonly commands: readonly string[];
}

export const EVENT_FIELDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...[
    'verb', 'userAgent', 'requestURI', 'level', 'stage', 'user.username', 'user.uid', 'objectRef.resource', 'objectRef.name',
    'objectRef.namespace', 'responseStatus.code', 'responseStatus.reason', 'annotations.a.b', 'annotations.authorization.k8s.io/decision',
    'requestObject.n', 'requestObject.m', 'requestObject.t', 'requestObject.a.b', 'requestObject.a.c', 'requestObject.k8s.io/x-y',
    'requestObject.json', 'source', 'host', 'cluster', 'env', 'no.such.field', 'stageTimestamp',
  ].map((name) => [name, 'one'] as const),
  ...['user.groups{}', 'sourceIPs{}', 'requestObject.list{}', 'requestObject.c{}.image', 'requestObject.c{}.p{}.n', 'x.y{}'].map(
    (name) => [name, 'many'] as const,
  ),
  ['_time', 'number'],
]); // biome-ignore format: flat lists

export function randomSearch(random: Random): RandomSearch {
  const terms = random.chance(0.5) ? '' : randomSearchTerms(random, EVENT_FIELDS, true);
  const commands = [`dataset=kube_audit ${terms}`.trim()];
  let fields: Fields = { known: EVENT_FIELDS, isEvents: true, hasTime: true };
  for (let left = random.below(6); left > 0; left -= 1) {
    const made = randomCommand(random, fields);
    commands.push(made.text);
    fields = made.fields;
  }
  const last = random.chance(0.1) ? splitCommand(random, fields) : undefined;
  if (last !== undefined) return { commands: [...commands, last] };
  // Nobody knows what else spath finds: that is not compared.
  const settled = commands.findLastIndex((command) => /^(?:stats|table|top|rare|timechart) /.test(command));
  const extracted = commands.findLastIndex((command) => /^spath (?!.*path=)/.test(command));
  if (settled <= extracted || settled === -1) {
    // What commands made comes first: it is what there is to compare.
    const made = [...fields.known.keys()].filter((name) => !EVENT_FIELDS.has(name));
    const others = random.sample([...fields.known.keys()], 5);
    commands.push(`table ${[...new Set([...made, ...others])].map(quoted).join(' ')}`);
  }
  return { commands };
}
