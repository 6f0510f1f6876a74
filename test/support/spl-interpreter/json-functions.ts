/** JSON functions of eval, over parsed documents. */
import type { EvalFunction } from './eval-scope.ts';
import { type EvalValue, isJsonText, isLiteral, type JsonText, toMembers, toNumber, toText } from './eval-value.ts';
import { fromMembers, textOfNumber } from './field-value.ts';
import { type Json, JsonNumber, parseJson, printJson, scalarText, textAt } from './json-fields.ts';
import { refuse } from './refusal.ts';

function documentOf(value: EvalValue): Json | undefined {
  const text = toText(value);
  return text === undefined ? undefined : parseJson(text);
}

/** The value of a JSON function, from a node of a document. */
function fromNode(node: Json | undefined): EvalValue {
  if (node === undefined || node === null) return undefined;
  return { json: printJson(node), text: scalarText(node) ?? printJson(node) };
}

function fromText(json: string): JsonText {
  return { json, text: json };
}

function jsonOf(value: EvalValue): string {
  if (value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (isJsonText(value)) return value.json;
  if (isLiteral(value)) return JSON.stringify(value.literal);
  const number = toNumber(value);
  if (number !== undefined) return textOfNumber(number);
  const text = toText(value) ?? refuse('several values within JSON');
  const document = parseJson(text);
  return document instanceof Map || Array.isArray(document) ? printJson(document) : JSON.stringify(text);
}

function arrayOf(members: readonly string[]): string {
  return `[${members.join(',')}]`;
}

/** Every node that the path leads to; `{}` leads to each member. */
function nodesAt(node: Json | undefined, path: string): readonly Json[] {
  const steps = [...path.matchAll(/([^.{}]+)|\{(\d*)\}/g)];
  return steps.reduce<readonly Json[]>(
    (nodes, [, key, index]) =>
      nodes.flatMap((found) => {
        if (key !== undefined) return found instanceof Map && found.has(key) ? [found.get(key) as Json] : [];
        if (!Array.isArray(found)) return [];
        const members = found as readonly Json[];
        return index === '' ? members : members.slice(Number(index), Number(index) + 1);
      }),
    node === undefined ? [] : [node],
  );
}

function extract(read: (document: Json | undefined, path: string) => Json | undefined): EvalFunction {
  return ([value, ...paths]) => {
    const document = documentOf(value);
    const found = paths.map((path) => read(document, toText(path) ?? refuse('json_extract without a path')));
    if (found.length === 1) return fromNode(found[0]);
    return fromText(arrayOf(found.map((node) => (node === undefined ? 'null' : printJson(node)))));
  };
}

type Step = string | number | undefined;

/** Keys, places in arrays, and for every member nothing. */
function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(/([^.{}]+)|\{(\d*)\}/g)].map(
    ([, key, place]) => key ?? (place === '' ? undefined : Number(place)),
  );
}

/** The node with what stands at the path changed; a path that does not fit changes nothing. `made` is for keys that are missing. */
function updated(node: Json, steps: readonly Step[], change: (node: Json) => Json, made?: Json): Json {
  const [step, ...rest] = steps;
  if (steps.length === 0) return change(node);
  if (step === undefined) {
    return Array.isArray(node) ? (node as readonly Json[]).map((member) => updated(member, rest, change, made)) : node;
  }
  if (typeof step === 'number') {
    if (!Array.isArray(node) || step >= node.length) return node;
    return (node as readonly Json[]).with(step, updated(node[step] as Json, rest, change, made));
  }
  if (!(node instanceof Map)) return node;
  const child = node.get(step) as Json | undefined;
  if (child !== undefined) return new Map([...node, [step, updated(child, rest, change, made)]]);
  if (made === undefined || rest.some((other) => typeof other !== 'string')) return node;
  return new Map([...node, [step, rest.reduceRight<Json>((inner, key) => new Map([[String(key), inner]]), made)]]);
}

/** A changed document is written anew: `1e3` becomes `1000.0`. */
function printChanged(node: Json): string {
  return printJson(writtenAnew(node));
}

function writtenAnew(node: Json): Json {
  if (node instanceof JsonNumber) {
    const number = Number(node.text);
    if (!/[.e]/i.test(node.text)) return node;
    return new JsonNumber(Number.isInteger(number) ? `${number}.0` : String(number));
  }
  if (node instanceof Map) return new Map([...node].map(([key, member]) => [key, writtenAnew(member)] as const));
  return Array.isArray(node) ? (node as readonly Json[]).map(writtenAnew) : node;
}

function changing(change: (document: Json, steps: readonly Step[], value: Json) => Json): EvalFunction {
  return ([value, ...pairs]) => {
    let document = documentOf(value);
    for (let at = 0; document !== undefined && at < pairs.length; at += 2) {
      const path = toText(pairs[at]) ?? refuse('a path that is not written out');
      document = change(document, stepsOf(path), parseJson(jsonOf(pairs[at + 1])) ?? null);
    }
    return document === undefined ? undefined : fromText(printChanged(document));
  };
}

function asArray(node: Json): readonly Json[] {
  return Array.isArray(node) ? node : [node];
}

function isContainer(value: EvalValue, test: (document: Json) => boolean): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return false;
  const document = documentOf(value);
  return document !== undefined && test(document);
}

function isWhole(value: EvalValue): boolean | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : Number.isInteger(number);
}

/** What asks for a type, and makes one of another. */
const TYPE_FUNCTIONS: Readonly<Record<string, EvalFunction>> = {
  isarray: ([value]) => isContainer(value, Array.isArray),
  isobject: ([value]) => isContainer(value, (document) => document instanceof Map),
  isbool: ([value]) => typeof value === 'boolean',
  isint: ([value]) => isWhole(value) === true,
  isdouble: ([value]) => isWhole(value) === false,
  ismv: ([value]) => toMembers(value).length > 1,
  toarray: ([value]) => {
    const members = typeof value === 'boolean' ? [] : toMembers(value);
    if (members.length > 1) return fromText(printJson(members.map((member) => parseJson(member) ?? null)));
    return isContainer(value, Array.isArray) ? fromText(toText(value) ?? '') : undefined;
  },
  toobject: ([value]) =>
    isContainer(value, (document) => document instanceof Map) ? fromText(toText(value) ?? '') : undefined,
  tomv: (values, scope) =>
    toMembers(values[0]).length > 1 ? values[0] : JSON_FUNCTIONS.json_array_to_mv?.([values[0]], scope),
  tobool: ([value]) => {
    if (typeof value === 'boolean') return value;
    const number = toNumber(value);
    if (number !== undefined) return number !== 0;
    const text = toText(value) ?? '';
    return ['true', 'True'].includes(text) ? true : ['false', 'False'].includes(text) ? false : undefined;
  },
};

export const JSON_FUNCTIONS: Readonly<Record<string, EvalFunction>> = {
  json: ([value]) => (documentOf(value) === undefined ? undefined : fromText(toText(value) ?? '')),
  json_valid: ([value]) => (toText(value) === undefined ? undefined : documentOf(value) !== undefined),
  json_keys: ([value]) => {
    const document = documentOf(value);
    return document instanceof Map ? fromText(JSON.stringify([...document.keys()])) : undefined;
  },
  json_array: (values) => fromText(arrayOf(values.map(jsonOf))),
  json_object: (values) => {
    const pairs: string[] = [];
    for (let at = 0; at < values.length; at += 2) {
      const key = toText(values[at]);
      if (key === undefined) return undefined;
      pairs.push(`${JSON.stringify(key)}:${jsonOf(values[at + 1])}`);
    }
    return fromText(`{${pairs.join(',')}}`);
  },
  json_extract: extract((document, path) => {
    const nodes = nodesAt(document, path);
    if (!path.includes('{}')) return nodes[0];
    return nodes.length === 0 ? undefined : nodes;
  }),
  json_extract_exact: extract((document, key) => (document instanceof Map ? document.get(key) : undefined)),
  json_has_key_exact: ([value, key]) => {
    const document = documentOf(value);
    return document instanceof Map && document.has(toText(key) ?? '');
  },
  json_array_to_mv: ([value, quotes]) => {
    const document = documentOf(value);
    if (!Array.isArray(document)) return undefined;
    const members = (document as readonly Json[]).filter((member) => member !== null);
    return fromMembers(
      members.map((member) => (quotes === true ? printJson(member) : (scalarText(member) ?? printJson(member)))),
    );
  },
  mv_to_json_array: ([value, infers]) => {
    const members = toMembers(value);
    if (members.length === 0) return undefined;
    if (infers !== true) return fromText(JSON.stringify(members));
    return fromText(printJson(members.map((member) => parseJson(member) ?? null)));
  },
  json_entries: ([value]) => {
    const document = documentOf(value);
    if (!(document instanceof Map)) return undefined;
    const entry = ([key, member]: readonly [string, Json]): Json =>
      new Map<string, Json>([
        ['key', key],
        ['value', member],
      ]);
    return fromText(printJson([...document].map(entry)));
  },
  json_set: changing((document, steps, value) => updated(document, steps, () => value, value)),
  json_set_exact: ([value, key, made]) => {
    const document = documentOf(value);
    if (document === undefined) return undefined;
    const node = parseJson(jsonOf(made)) ?? null;
    return fromText(printChanged(updated(document, [toText(key)], () => node, node)));
  },
  json_append: changing((document, steps, value) => updated(document, steps, (node) => [...asArray(node), value])),
  json_extend: changing((document, steps, value) =>
    updated(document, steps, (node) => (Array.isArray(value) ? [...asArray(node), ...asArray(value)] : node)),
  ),
  json_delete: ([value, ...paths]) => {
    const document = documentOf(value);
    if (!(document instanceof Map)) return undefined;
    const without = (node: Json, path: string): Json => {
      const keys = path.split('.');
      return updated(node, keys.slice(0, -1), (parent) =>
        parent instanceof Map ? new Map([...parent].filter(([key]) => key !== keys.at(-1))) : parent,
      );
    };
    return fromText(printChanged(paths.reduce<Json>((node, path) => without(node, toText(path) ?? ''), document)));
  },
  ...TYPE_FUNCTIONS,
  spath: ([value, path]) => textAt(documentOf(value), toText(path) ?? refuse('spath without a path')),
};
