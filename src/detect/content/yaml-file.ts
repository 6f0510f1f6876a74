/** One YAML document with the positions of its values, so that a message can name the line it is about. */
import { readFile, stat } from 'node:fs/promises';
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { TextOrigin } from '../detection.ts';
import { describeYamlError } from './describe-yaml-error.ts';

/** The file's text cannot be taken; carries the line where it is known, and the file where that is not the one being read. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
  readonly line: number | null;
  readonly file: string | null;

  constructor(message: string, line: number | null, options?: ErrorOptions & { readonly file?: string }) {
    super(message, options);
    this.line = line;
    this.file = options?.file ?? null;
  }
}

export interface YamlFile {
  readonly file: string;
  /** Top-level keys and the 1-based lines that they stand on. */
  readonly keys: ReadonlyMap<string, number>;
  /** The document as plain data. */
  readonly value: unknown;
  /** 1-based line of the value at `path`, or of its nearest ancestor that exists. */
  lineAt(path: readonly PropertyKey[]): number;
  /** Where the text at `path` begins in the file. */
  originOf(path: readonly string[]): TextOrigin;
}

/** Reads one YAML document; throws ContentError where it is too large, not YAML, or no mapping. */
export async function readYamlFile(file: string, maxBytes: number): Promise<YamlFile> {
  const { size } = await stat(file);
  if (size > maxBytes) throw new ContentError(`file: expected at most ${maxBytes} bytes, found ${size}.`, null);
  return parseYaml(file, await readFile(file, 'utf8'));
}

export function parseYaml(file: string, text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, strict: true, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const line = counter.linePos(problem.pos[0]).line;
    throw new ContentError(describeYamlError(problem, text), line, { cause: problem });
  }
  if (!isMap(document.contents)) {
    throw new ContentError('file: expected one YAML mapping, found something else.', 1);
  }
  return {
    file,
    keys: new Map(
      document.contents.items.map(({ key }) => [
        String(isScalar(key) ? key.value : key),
        counter.linePos(key.range?.[0] ?? 0).line,
      ]),
    ),
    value: toPlainData(document),
    lineAt: (path) => counter.linePos(nearestNode(document, path)?.range?.[0] ?? 0).line,
    originOf: (path) => originOf(text, counter, document.getIn(path, true)),
  };
}

function toPlainData(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error: unknown) {
    throw new ContentError('YAML: expected at most 100 uses of aliases, found more.', null, { cause: error });
  }
}

function nearestNode(document: Document.Parsed, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node;
  }
  return document.contents ?? undefined;
}

/**
 * Block scalars (`|`) keep their lines, so a place in the text is a place in the file. The other styles fold lines
 * together; there only the text's first line stands where it says.
 */
function originOf(text: string, counter: LineCounter, node: unknown): TextOrigin {
  if (!isScalar(node) || node.range == null) return { line: 1, column: 1, indent: 0 };
  const start = counter.linePos(node.range[0]);
  if (node.type !== 'BLOCK_LITERAL') {
    const quote = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? 1 : 0;
    return { line: start.line, column: start.col + quote, indent: 0 };
  }
  const lines = String(node.value).split('\n');
  const sample = Math.max(
    lines.findIndex((line) => line.trim() !== ''),
    0,
  );
  const inFile = text.split('\n')[start.line + sample] ?? '';
  const indent = Math.max(inFile.trimEnd().length - (lines[sample] ?? '').trimEnd().length, 0);
  return { line: start.line + 1, column: indent + 1, indent };
}
