/**
 * Random searches that make sense: fields that are there, functions on what they take. What is left out, and why, stands beside it.
 * A search ends in fixed fields, so that every column can be compared.
 */
import { FINDS_FIELDS, type Made, quoted } from './made-command.ts';
import type { Random } from './random.ts';
import { randomCommand, splitCommand } from './random-commands.ts';
import { DATASET_FIELDS, EVENT_FIELDS } from './random-fields.ts';
import { firstCommand, format, termsWithSubsearch } from './random-subsearches.ts';
import { randomSearchTerms } from './random-terms.ts';

export interface RandomSearch {
  readonly commands: readonly string[];
}

export function randomSearch(random: Random): RandomSearch {
  const first = random.chance(0.1) ? firstCommand(random) : firstSearch(random);
  const commands = [first.text];
  let { fields } = first;
  const eventFields = fields.known;
  for (let left = random.below(6); left > 0; left -= 1) {
    const made = randomCommand(random, fields);
    commands.push(made.text);
    fields = made.fields;
  }
  const last = random.chance(0.1) ? splitCommand(random, fields) : undefined;
  if (last !== undefined) return { commands: [...commands, last] };
  // Nobody knows what else spath finds: that is not compared.
  const settled = commands.findLastIndex((command) => /^(?:stats|table|top|rare|timechart) /.test(command));
  const extracted = commands.findLastIndex((command) => FINDS_FIELDS.test(command));
  if (settled <= extracted || settled === -1) {
    // What commands made comes first: it is what there is to compare.
    const made = [...fields.known.keys()].filter((name) => !eventFields.has(name));
    const others = random.sample([...fields.known.keys()], 5);
    commands.push(`table ${[...new Set([...made, ...others])].map(quoted).join(' ')}`);
  }
  if (random.chance(0.04)) commands.push(format(random, fields).text);
  return { commands };
}

/** Bounds among the events' own times; `now` is years before them. */
function randomBounds(random: Random): string {
  if (random.chance(0.85)) return '';
  const earliest = random.pick(['', 'earliest=1793610010 ', 'earliest=-1d@d ', 'earliest=0 ']);
  return `${earliest}${random.pick(['', 'latest=1793610020 ', 'latest=+10y ', 'latest=now '])}`;
}

function firstSearch(random: Random): Made {
  const dataset = random.chance(0.6) ? 'kube_audit' : random.pick(['eks', 'aks', 'gke', 'logs', 'logs']);
  const known = DATASET_FIELDS[dataset] ?? EVENT_FIELDS;
  const terms = random.chance(0.2)
    ? termsWithSubsearch(random, known, true)
    : random.chance(0.5)
      ? ''
      : randomSearchTerms(random, known, true);
  return {
    text: `dataset=${dataset} ${randomBounds(random)}${terms}`.trim(),
    fields: { known, isEvents: true, hasTime: true },
  };
}
