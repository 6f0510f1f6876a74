/** What is wrong with text that is no YAML, and what to do about the slips that searches invite. */
import type { YAMLParseError } from 'yaml';

export function describeYamlError({ code, message, pos }: YAMLParseError, text: string): string {
  const found = message.replace(/[.:\s]+$/, '');
  return `file: expected YAML, found: ${found}.${adviceFor(code, text, pos[0])}`;
}

function adviceFor(code: string, text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  if (/^ *\t/.test(text.slice(lineStart))) return ' The line begins with a tab: indent with blanks.';
  if (code === 'BAD_SCALAR_START') {
    return ' Put the value in quotes, or write "|" and the value indented on the lines below.';
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return ' A value that holds ": " stands in quotes.';
  return '';
}
