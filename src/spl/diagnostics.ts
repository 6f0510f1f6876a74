/** Everything the compiler can say about a search, by code. A test keeps the table of docs/spl.md to these comments (UPDATE_GOLDEN=1). */
import type { Span } from './source.ts';

export type DiagnosticCode =
  // Text and macros
  | 'SPL101' // unknown macro
  | 'SPL102' // wrong number of arguments of a macro
  | 'SPL103' // macros nested too deeply, perhaps one that uses itself
  | 'SPL104' // a backtick, comment or quote is not closed
  | 'SPL105' // a character that cannot stand here
  | 'SPL110' // the search is too long
  | 'SPL111' // the search is too long once its macros are expanded
  | 'SPL112' // too many tokens
  | 'SPL113' // nested too deeply
  | 'SPL114' // too many commands, or assignments that read one another
  | 'SPL115' // a dotted name can be read in too many ways
  | 'SPL116' // the SQL would be too long
  | 'SPL117' // too many fields
  // Syntax
  | 'SPL201' // something else was expected here
  | 'SPL202' // unknown command
  | 'SPL203' // a command of Splunk that is not supported
  | 'SPL204' // unknown or unsupported option
  | 'SPL205' // a value that does not fit its option or argument
  | 'SPL206' // an argument is missing
  | 'SPL207' // a subsearch where a value is wanted
  | 'SPL208' // the search begins with a command that needs input
  // Meaning
  | 'SPL301' // unknown function
  | 'SPL302' // a function of Splunk that is not supported
  | 'SPL303' // wrong number of arguments
  | 'SPL304' // an argument of the wrong kind
  | 'SPL305' // a condition where a value was expected, or the reverse
  | 'SPL306' // unknown dataset
  | 'SPL307' // a term that may stand only once, at the top of the first search
  | 'SPL308' // a time modifier that cannot be read
  | 'SPL309' // a full-text term where there is no `_raw`
  | 'SPL310' // a wildcard that would have to cover unknown fields
  | 'SPL311' // different numbers of `*` in two names
  | 'SPL312' // two results of one name
  | 'SPL313' // a regular expression that RE2 cannot run
  | 'SPL314' // a time format that cannot be translated
  | 'SPL315' // a field that may hold several values where one is needed
  | 'SPL316' // a form of a command, or a token, that is not supported
  | 'SPL317' // a name that cannot be a column
  | 'SPL318' // unknown lookup
  | 'SPL319' // a column that a lookup does not have
  | 'SPL320' // a command, time or bound on time in a rule of the configuration, which sees one event at a time
  // Warnings
  | 'SPL401' // `and`, `or`, `not`, `in` in lower case are words to look for
  | 'SPL402' // a dotted name without quotes joins fields
  | 'SPL403' // no command before yields this field
  | 'SPL405'; // a subsearch that ends with `return` lets everything through where it finds nothing

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
