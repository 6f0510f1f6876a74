/** The registry of eval functions. A new one is an entry in its family's file, a golden case, a line in docs/spl.md. */
import { bitFunctions } from './bit.ts';
import { conditionFunctions } from './condition.ts';
import type { EvalFunction, EvalFunctions } from './eval-function.ts';
import { jsonFunctions } from './json.ts';
import { mathFunctions } from './math.ts';
import { multivalueFunctions } from './multivalue.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

const FUNCTIONS: ReadonlyMap<string, EvalFunction> = new Map(
  [
    bitFunctions,
    conditionFunctions,
    jsonFunctions,
    mathFunctions,
    multivalueFunctions,
    textFunctions,
    timeFunctions,
  ].flatMap((family: EvalFunctions) => Object.entries(family)),
);

/** Functions of Splunk that are refused by name. */
export const UNSUPPORTED_FUNCTIONS: ReadonlySet<string> = new Set([
  'array_to_object', 'cluster', 'commands', 'getfields', 'isarray', 'isbool', 'isdouble', 'isint', 'ismv', 'isobject', 'json_append',
  'json_delete', 'json_entries', 'json_extend', 'json_set', 'json_set_exact', 'lookup', 'mvcombine', 'object_to_array', 'random', 'sha512',
  'sigfig', 'toarray', 'tobool', 'todouble', 'toint', 'tojson', 'tomv', 'toobject',
]); // biome-ignore format: a flat list

export function findFunction(name: string): EvalFunction | undefined {
  return FUNCTIONS.get(name);
}

export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys()];
}
