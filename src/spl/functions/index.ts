/** The registry of eval functions. A new one is an entry in its family's file, a golden case, a line in docs/spl.md. */
import { bitFunctions } from './bit.ts';
import { conditionFunctions } from './condition.ts';
import type { EvalFunction, EvalFunctions } from './eval-function.ts';
import { jsonFunctions } from './json.ts';
import { jsonUpdateFunctions } from './json-update.ts';
import { mathFunctions } from './math.ts';
import { multivalueFunctions } from './multivalue.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';
import { typeFunctions } from './type.ts';

const FUNCTIONS: ReadonlyMap<string, EvalFunction> = new Map(
  [
    bitFunctions,
    conditionFunctions,
    jsonFunctions,
    jsonUpdateFunctions,
    mathFunctions,
    multivalueFunctions,
    textFunctions,
    timeFunctions,
    typeFunctions,
  ].flatMap((family: EvalFunctions) => Object.entries(family)),
);

/** Functions of Splunk that are refused by name. */
export const UNSUPPORTED_FUNCTIONS: ReadonlySet<string> = new Set([
  'array_to_object', 'avg', 'cluster', 'commands', 'getfields', 'lookup', 'mvcombine', 'object_to_array', 'random', 'sha512', 'sigfig', 'sum',
  'tojson',
]); // biome-ignore format: a flat list

export function findFunction(name: string): EvalFunction | undefined {
  return FUNCTIONS.get(name);
}

export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys()];
}
