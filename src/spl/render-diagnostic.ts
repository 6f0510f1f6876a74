/** Draws a diagnostic as people read it: code and message, place, the line with carets under the span, help. */
import { locate, type Source, type Span } from './source.ts';

const LONGEST_LINE = 160;

/** Any diagnostic, also one that another process made; without a span it is drawn without its place. */
export interface DrawnDiagnostic {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly span?: Span | undefined;
  readonly help?: string | undefined;
}

export function renderDiagnostic(diagnostic: DrawnDiagnostic, source: Source): string {
  const lines = [`${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`];
  if (diagnostic.span !== undefined) lines.push(...drawPlace(diagnostic.span, source));
  if (diagnostic.help !== undefined) lines.push(`  help: ${diagnostic.help}`);
  return `${lines.join('\n')}\n`;
}

function drawPlace(span: Span, source: Source): readonly string[] {
  const place = locate(source, span.start);
  const label = `${place.line} | `;
  const gutter = `${' '.repeat(String(place.line).length)} | `;
  const { text, offset } = excerpt(place.lineText, place.lineOffset);
  const length = Math.max(1, Math.min(span.end - span.start, text.length - offset));
  return [
    `  --> ${source.name}:${place.line}:${place.column}`,
    `${label}${text}`,
    `${gutter}${blank(text.slice(0, offset))}${'^'.repeat(length)}`,
  ];
}

/** A window of a long line around the place, so that generated one-line searches stay readable. */
function excerpt(line: string, offset: number): { readonly text: string; readonly offset: number } {
  if (line.length <= LONGEST_LINE) return { text: line, offset };
  const start = Math.max(0, Math.min(offset - LONGEST_LINE / 4, line.length - LONGEST_LINE));
  const end = Math.min(line.length, start + LONGEST_LINE);
  const head = start > 0 ? '…' : '';
  const tail = end < line.length ? '…' : '';
  return { text: `${head}${line.slice(start, end)}${tail}`, offset: offset - start + head.length };
}

/** Keeps tabs, so that the caret stands under its character. */
function blank(text: string): string {
  return text.replace(/[^\t]/g, ' ');
}
