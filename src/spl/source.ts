/** Text of one search and places in it. */

export interface Source {
  /** Name for messages, usually the file it stands in. */
  readonly name: string;
  readonly text: string;
  /** Line (from 1) of the file at which `text` starts; 1 when absent. */
  readonly line?: number;
  /** Column (from 1) of the file at which the first line of `text` starts; 1 when absent. */
  readonly column?: number;
  /** Blanks that the file has before every further line of `text`, as in a YAML block scalar; 0 when absent. */
  readonly indent?: number;
}

/** A half-open range of UTF-16 offsets into a Source's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place as people count: line and column from 1, in the file that the source stands in. */
export interface Location {
  readonly line: number;
  readonly column: number;
  /** The whole line of the source's text. */
  readonly lineText: string;
  /** Offset of the place within `lineText`. */
  readonly lineOffset: number;
}

export function locate(source: Source, offset: number): Location {
  const position = Math.max(0, Math.min(offset, source.text.length));
  const before = source.text.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.text.indexOf('\n', position);
  const lineIndex = before.split('\n').length - 1;
  const lineOffset = position - lineStart;
  return {
    line: (source.line ?? 1) + lineIndex,
    column: lineOffset + (lineIndex === 0 ? (source.column ?? 1) : 1 + (source.indent ?? 0)),
    lineText: source.text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).replace(/\r$/, ''),
    lineOffset,
  };
}

/** The smallest span that holds both. */
export function joinSpans(first: Span, last: Span): Span {
  return { start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}
