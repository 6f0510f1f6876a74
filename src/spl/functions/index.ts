/** The registry of eval functions. A new one is an entry in its family's file, a golden case, a line in docs/spl.md. */
import { bitFunctions } from './bit.ts';
import { conditionFunctions } from './condition.ts';
import type { EvalFunction, EvalFunctions } from './eval-function.ts';
import { mathFunctions } from './math.ts';
import { multivalueFunctions } from './multivalue.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

const FUNCTIONS: ReadonlyMap<string, EvalFunction> = new Map(
  [bitFunctions, conditionFunctions, mathFunctions, multivalueFunctions, textFunctions, timeFunctions].flatMap(
    (family: EvalFunctions) => Object.entries(family),
  ),
);

/** Functions of Splunk that are refused by name. */
export const UNSUPPORTED_FUNCTIONS: ReadonlySet<string> = new Set([
  'bit_not', 'bit_shift_left', 'bit_shift_right', 'commands', 'cluster', 'exact',
  'getfields', 'hypot', 'isarray', 'isbool', 'isdouble', 'isint', 'ismv', 'isobject', 'json', 'json_append',
  'json_array', 'json_array_to_mv', 'json_delete', 'json_entries', 'json_extend', 'json_extract',
  'json_extract_exact', 'json_has_key_exact', 'json_keys', 'json_object', 'json_set', 'json_set_exact', 'json_valid',
  'mv_to_json_array', 'object_to_array', 'array_to_object', 'printf', 'random', 'searchmatch',
  'sha512', 'sigfig', 'spath', 'toarray', 'tobool', 'todouble', 'toint', 'tojson', 'tomv', 'toobject', 'lookup', 'mvcombine',
]); // biome-ignore format: a flat list

export function findFunction(name: string): EvalFunction | undefined {
  return FUNCTIONS.get(name);
}

export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys()];
}
