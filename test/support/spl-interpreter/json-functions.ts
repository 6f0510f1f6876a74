/** JSON functions of eval, over parsed documents. */
import type { EvalFunction } from './eval-scope.ts';
import { type EvalValue, isJsonText, isLiteral, type JsonText, toMembers, toNumber, toText } from './eval-value.ts';
import { fromMembers, textOfNumber } from './field-value.ts';
import { type Json, parseJson, printJson, scalarText, textAt } from './json-fields.ts';
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
  return JSON.stringify(toText(value) ?? refuse('several values within JSON'));
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
  mv_to_json_array: ([value]) => {
    const members = toMembers(value);
    return members.length === 0 ? undefined : fromText(JSON.stringify(members));
  },
  spath: ([value, path]) => textAt(documentOf(value), toText(path) ?? refuse('spath without a path')),
};
