/** A schema violation as `<thing>: expected <what>, found <what>.`, with the nearest known key for an unknown one. */
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { configSchema, laterKeys } from './schema.ts';
import { isSecret, type Path, showPath } from './yaml-source.ts';

export interface DescribedIssue {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
}

/** One description per unknown key, else one. `value` is the whole configuration, for what was found. */
export function describeIssues(issue: z.core.$ZodIssue, value: unknown): DescribedIssue[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], part: 'key', message: describeUnknownKey(path, key) }));
  }
  return [{ path, part: 'value', message: `${showPath(path)}: ${describeExpectation(issue, path, value)}` }];
}

function describeUnknownKey(path: Path, key: string): string {
  const full = showPath([...path, key]);
  if (laterKeys[path.join('.')]?.includes(key)) {
    return `${full}: expected a key of this version, found "${key}", which is planned and not supported yet.`;
  }
  const known = knownKeys(path);
  const near = nearest(key, known);
  const expected = near === undefined ? `one of ${known.join(', ')}` : `"${near}"`;
  return `${showPath(path)}: expected ${expected}, found the unknown key "${key}".`;
}

function describeExpectation(issue: z.core.$ZodIssue, path: Path, value: unknown): string {
  const found = showFound(path, value);
  // Messages of our own say what was expected; the schema library's start with a capital letter.
  if (issue.message.startsWith('expected ')) return `${issue.message}, found ${found}.`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeNames[issue.expected] ?? issue.expected}, found ${found}.`;
    case 'invalid_value':
      return `expected ${issue.values.map((choice) => `"${String(choice)}"`).join(' or ')}, found ${found}.`;
    case 'too_small':
      return issue.origin === 'array'
        ? `expected at least ${issue.minimum} entry, found none.`
        : `expected at least ${issue.minimum}, found ${found}.`;
    case 'too_big':
      return `expected at most ${issue.maximum}, found ${found}.`;
    default:
      return `${issue.message}, found ${found}.`;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  record: 'a map of names to texts',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
};

function showFound(path: Path, value: unknown): string {
  const found = path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
    value,
  );
  if (found === undefined || found === null || found === '') return 'nothing';
  if (Array.isArray(found)) return 'a list';
  if (isSecret(path)) return 'something else';
  if (typeof found === 'object') return 'a map';
  return typeof found === 'string' ? `"${found}"` : `${typeof found} ${String(found)}`;
}

/** The keys that the schema knows at a path, in its order. */
export function knownKeys(path: Path): readonly string[] {
  const schema = path.reduce<z.core.$ZodType | undefined>((inner, part) => childOf(inner, part), configSchema);
  const object = unwrap(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function childOf(schema: z.core.$ZodType | undefined, part: string | number): z.core.$ZodType | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodObject) return (inner.shape as Record<string, z.core.$ZodType>)[part];
  return undefined;
}

/** The schema behind defaults, options and preprocessing. */
function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.def.innerType as z.core.$ZodType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.out as z.core.$ZodType);
  return schema;
}
