/** Everything the compiler can say about a search, by code. docs/spl.md explains each. */
import type { Span } from './source.ts';

export type DiagnosticCode =
  // Text and macros
  | 'SPL101' // unknown macro
  | 'SPL102' // wrong number of macro arguments
  | 'SPL103' // macros nested too deeply
  | 'SPL104' // a backtick, comment or quote is not closed
  | 'SPL105' // a character that cannot stand here
  | 'SPL110' // the search is too long
  | 'SPL111' // the search is too long once its macros are expanded
  | 'SPL112' // too many tokens
  | 'SPL113' // nested too deeply
  | 'SPL114' // too many commands
  | 'SPL115' // too many readings of a dotted name
  | 'SPL116' // the SQL is too long
  | 'SPL117' // too many fields
  // Syntax
  | 'SPL201' // something else was expected here
  | 'SPL202' // unknown command
  | 'SPL203' // a command of Splunk that is not supported
  | 'SPL204' // unknown or unsupported option
  | 'SPL205' // an option or argument has a value that does not fit
  | 'SPL206' // an argument is missing
  | 'SPL207' // a subsearch where none is supported
  | 'SPL208' // the search begins with a command that needs input
  // Meaning
  | 'SPL301' // unknown function
  | 'SPL302' // a function of Splunk that is not supported
  | 'SPL303' // wrong number of arguments
  | 'SPL304' // an argument of the wrong kind
  | 'SPL305' // a condition was expected, or a value
  | 'SPL306' // unknown dataset
  | 'SPL307' // a term that may stand only at the top of the first search
  | 'SPL308' // a time modifier that cannot be read
  | 'SPL309' // a full-text term where there is no _raw
  | 'SPL310' // a wildcard that would have to cover unknown fields
  | 'SPL311' // wildcards of the two names do not fit
  | 'SPL312' // two results have one name
  | 'SPL313' // a regular expression that DuckDB cannot run
  | 'SPL314' // a time format that cannot be translated
  | 'SPL315' // a field that may hold several values where one is needed
  | 'SPL316' // a form of a command that is not supported
  | 'SPL317' // a name that cannot be a column
  | 'SPL318' // unknown lookup
  | 'SPL319' // a column that a lookup does not have
  | 'SPL320' // a term or command that one event alone cannot answer
  // Warnings
  | 'SPL401' // lower-case and, or, not in a search are words to look for
  | 'SPL402' // a dotted name without quotes is read as a concatenation
  | 'SPL403' // a field that does not exist at this point
  | 'SPL405'; // a subsearch that matches everything where it finds nothing

export type Severity = 'error' | 'warning';

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** `<thing>: expected <what>, found <what>.` */
  readonly message: string;
  /** Where in the search as written; inside a macro's text, the whole call of the macro. */
  readonly span: Span;
  readonly help?: string;
}

/** The search's text is wrong, or asks for something that is not supported. `compile` turns it into a Diagnostic. */
export class SplError extends Error {
  override readonly name = 'SplError';
  readonly code: DiagnosticCode;
  /** Offsets in the text with macros expanded. */
  readonly span: Span;
  readonly help: string | undefined;

  constructor(code: DiagnosticCode, message: string, span: Span, help?: string) {
    super(message);
    this.code = code;
    this.span = span;
    this.help = help;
  }
}

/** What `work` makes; an error of it is reported at the span, whatever its own says. */
export function atSpan<T>(span: Span, work: () => T): T {
  try {
    return work();
  } catch (error: unknown) {
    if (error instanceof SplError) throw new SplError(error.code, error.message, span, error.help);
    throw error;
  }
}
