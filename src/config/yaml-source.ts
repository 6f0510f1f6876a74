/**
 * YAML text to plain values, with `${env:NAME}` filled in and the place of every key and value kept.
 *
 * The environment is read after parsing, scalar by scalar, so a variable's content can never become
 * YAML structure. `$$` is a dollar sign; `${env:NAME:-fallback}` has a fallback, as in the Collector.
 */
import type { Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem, type Range } from './config-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Path = readonly (string | number)[];

/** A configuration's values and where each stands. */
export interface YamlSource {
  /** The text with secrets starred out, character for character, for drawing problems. */
  readonly drawable: string;
  /** Null for an empty document. */
  readonly value: unknown;
  /** The place of a key (`part: 'key'`) or of a value; the nearest enclosing one where the path does not exist. */
  locate(path: Path, part: 'key' | 'value'): Range | undefined;
}

const hiddenOpen = '\uE000';
const hiddenClose = '\uE001';
const maxCharacters = 1024 * 1024;
const maxDepth = 32;
/** Counted after aliases are followed, so a few nested anchors cannot grow into gigabytes. */
const maxNodes = 20_000;

/** Throws ConfigError for text that is no YAML, has duplicate keys, or names a variable that is not set. */
export function readYaml(text: string, sourceName: string, environment: Environment): YamlSource {
  if (text.length > maxCharacters) {
    const message = `configuration: expected at most ${maxCharacters} characters, found ${text.length}.`;
    throw new ConfigError(sourceName, text, [{ message }]);
  }
  if (text.includes(hiddenOpen) || text.includes(hiddenClose)) {
    const message = 'configuration: expected text without the private-use characters U+E000 and U+E001, found one.';
    throw new ConfigError(sourceName, text, [{ message }]);
  }
  const document = parseDocument(hideBraces(text), { prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    // One mistake in YAML makes several errors; the first is the one that helps.
    throw new ConfigError(
      sourceName,
      text.replace(
        /(\b(?:token|authorization)['"]?\s*:\s*)([^\s,}\]]+)/gi,
        (_, key: string, value: string) => key + starOut(value),
      ),
      document.errors.slice(0, 1).map((error) => ({
        message: `configuration: expected YAML, found: ${showBraces(error.message.replace(/\.?\s*$/, ''))}.`,
        range: { start: error.pos[0], end: Math.max(error.pos[1], error.pos[0] + 1) },
      })),
    );
  }

  const places = new Map<string, { readonly key?: Range | undefined; readonly value?: Range | undefined }>();
  const problems: ConfigProblem[] = [];
  let nodes = 0;
  let drawable = text;

  const convert = (node: unknown, path: Path, keyRange: Range | undefined): unknown => {
    const range = rangeOf(node);
    places.set(placeKey(path), { key: keyRange, value: range });
    nodes += 1;
    if (path.length > maxDepth || nodes > maxNodes) {
      const bound = path.length > maxDepth ? `${maxDepth} levels of nesting` : `${maxNodes} values`;
      const message = `${path[0]}: expected at most ${bound} (aliases followed), found more.`;
      throw new ConfigError(sourceName, text, [{ message, range }]);
    }
    if (isAlias(node)) return convert(node.resolve(document), path, keyRange);
    if (isMap(node)) {
      return Object.fromEntries(
        node.items.map((pair: Pair) => {
          const key = isScalar(pair.key) ? showBraces(String(pair.key.value)) : showBraces(String(pair.key));
          return [key, convert(pair.value, [...path, key], rangeOf(pair.key))];
        }),
      );
    }
    if (isSeq(node)) return node.items.map((item, index) => convert(item, [...path, index], undefined));
    if (!isScalar(node)) return null;
    if (range !== undefined && isSecret(path)) {
      drawable =
        drawable.slice(0, range.start) + starOut(text.slice(range.start, range.end)) + drawable.slice(range.end);
    }
    if (typeof node.value !== 'string') return node.value;
    const expanded = expandEnvironment(showBraces(node.value), environment);
    problems.push(...expanded.problems.map((message) => ({ message: `${showPath(path)}: ${message}`, range })));
    return expanded.text;
  };

  const value = document.contents === null ? null : convert(document.contents, [], undefined);
  if (problems.length > 0) throw new ConfigError(sourceName, drawable, problems);
  return {
    drawable,
    value,
    locate: (path, part) => {
      const place = places.get(placeKey(path));
      if (place !== undefined) return (part === 'key' ? place.key : place.value) ?? place.key ?? place.value;
      for (let length = path.length - 1; length > 0; length -= 1) {
        const enclosing = places.get(placeKey(path.slice(0, length)));
        if (enclosing !== undefined) return enclosing.key ?? enclosing.value;
      }
      return undefined;
    },
  };
}

/** `['tokens', 0, 'hash']` as `tokens[0].hash`. */
export function showPath(path: Path): string {
  if (path.length === 0) return 'configuration';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}

function expandEnvironment(text: string, environment: Environment): { text: string; problems: readonly string[] } {
  const problems: string[] = [];
  const expanded = text.replace(/\$\$|\$\{([^}]*)\}?/g, (whole, inner: string | undefined) => {
    if (whole === '$$') return '$';
    const match = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inner ?? '');
    if (match === null || !whole.endsWith('}')) {
      problems.push(`expected \${env:NAME} (write $$ for a dollar sign), found "${whole}".`);
      return '';
    }
    const value = environment[match[1] ?? ''] ?? match[2];
    if (value === undefined) {
      problems.push(`expected the environment variable ${match[1]} to be set, found that it is not.`);
      return '';
    }
    return value;
  });
  return { text: expanded, problems };
}

const secretKeys: ReadonlySet<Path[number]> = new Set(['token', 'headers', 'secret_access_key', 'session_token']);

/** Whether a value at this path must never be shown. */
export function isSecret(path: Path): boolean {
  return path.some((key) => secretKeys.has(key));
}

/** Stars of the same length; a reference to the environment is no secret and stays. */
function starOut(text: string): string {
  return text.startsWith('${') ? text : text.replace(/[^\n]/g, '*');
}

/** `{ token: ${env:T} }` is no YAML; with other characters of the same length for the inner braces it is. */
function hideBraces(text: string): string {
  return text.replace(/\$\{([^{}\n]*)\}/g, `$$${hiddenOpen}$1${hiddenClose}`);
}

function showBraces(text: string): string {
  return text.replaceAll(hiddenOpen, '{').replaceAll(hiddenClose, '}');
}

function rangeOf(node: unknown): Range | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range === null || range === undefined ? undefined : { start: range[0], end: range[1] };
}

function placeKey(path: Path): string {
  return JSON.stringify(path);
}
