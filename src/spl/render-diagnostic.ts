/** Draws a diagnostic as people read it: code and message, place, the line with carets under the span, help. */
import type { Diagnostic } from './diagnostics.ts';
import { locate, type Source } from './source.ts';

const LONGEST_LINE = 160;

export function renderDiagnostic(diagnostic: Diagnostic, source: Source): string {
  const place = locate(source, diagnostic.span.start);
  const label = `${place.line} | `;
  const gutter = `${' '.repeat(String(place.line).length)} | `;
  const { text, offset } = excerpt(place.lineText, place.lineOffset);
  const length = Math.max(1, Math.min(diagnostic.span.end - diagnostic.span.start, text.length - offset));
  const lines = [
    `${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    `  --> ${source.name}:${place.line}:${place.column}`,
    `${label}${text}`,
    `${gutter}${blank(text.slice(0, offset))}${'^'.repeat(length)}`,
  ];
  if (diagnostic.help !== undefined) lines.push(`  help: ${diagnostic.help}`);
  return `${lines.join('\n')}\n`;
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
