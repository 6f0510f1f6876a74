/** What is wrong with a configuration, each with its place drawn as a caret picture. */

/** Character offsets in the configuration's text, half-open. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ConfigProblem {
  /** `receivers.otlp: expected …, found ….` */
  readonly message: string;
  /** Undefined where the text has no place for it, e.g. a section that is missing. */
  readonly range?: Range | undefined;
}

/** The user's configuration is wrong; the message lists every problem with file, line and column. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(sourceName: string, text: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(problems.map((problem) => drawProblem(sourceName, text, problem)).join('\n'), options);
    this.problems = problems;
  }
}

/**
 * One problem as text:
 *
 *     error: api: unknown key "endpont", expected "endpoint".
 *       --> pintail.yaml:3:5
 *     3 |     endpont: 127.0.0.1:8080
 *       |     ^^^^^^^
 */
function drawProblem(sourceName: string, text: string, problem: ConfigProblem): string {
  if (problem.range === undefined) return `error: ${problem.message}\n  --> ${sourceName}`;
  const lineStart = text.lastIndexOf('\n', problem.range.start - 1) + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, '');
  const lineNumber = text.slice(0, lineStart).split('\n').length;
  const column = problem.range.start - lineStart;
  const width = Math.max(1, Math.min(problem.range.end - problem.range.start, line.length - column));
  const margin = ' '.repeat(String(lineNumber).length);
  // A tab keeps its place under a tab, whatever width the terminal gives it.
  const indent = line.slice(0, column).replace(/[^\t]/g, ' ');
  return [
    `error: ${problem.message}`,
    `${margin} --> ${sourceName}:${lineNumber}:${column + 1}`,
    `${lineNumber} | ${line}`,
    `${margin} | ${indent}${'^'.repeat(width)}`,
  ].join('\n');
}
