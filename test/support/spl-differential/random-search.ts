/**
 * Random searches that make sense: fields that are there, functions on what they take. What is left out, and why, stands beside it.
 * A search ends in fixed fields, so that every column can be compared.
 */
import { type Made, quoted } from './made-command.ts';
import type { Random } from './random.ts';
import { randomCommand, splitCommand } from './random-commands.ts';
import { EVENT_FIELDS } from './random-fields.ts';
import { firstCommand, format, termsWithSubsearch } from './random-subsearches.ts';
import { randomSearchTerms } from './random-terms.ts';

export interface RandomSearch {
  readonly commands: readonly string[];
}

export function randomSearch(random: Random): RandomSearch {
  const first = random.chance(0.1) ? firstCommand(random) : firstSearch(random);
  const commands = [first.text];
  let { fields } = first;
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
  if (random.chance(0.04)) commands.push(format(random, fields).text);
  return { commands };
}

function firstSearch(random: Random): Made {
  const terms = random.chance(0.2)
    ? termsWithSubsearch(random, EVENT_FIELDS, true)
    : random.chance(0.5)
      ? ''
      : randomSearchTerms(random, EVENT_FIELDS, true);
  const fields = { known: EVENT_FIELDS, isEvents: true, hasTime: true };
  return { text: `dataset=kube_audit ${terms}`.trim(), fields };
}
