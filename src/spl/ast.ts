/**
 * The AST: what a search says, not how it is answered. Spans are offsets into the text with macros expanded.
 * Nothing here knows of SQL, so a second reader (a row-by-row interpreter) can share it.
 */
import type { Span } from './source.ts';

export interface Search {
  readonly kind: 'Search';
  readonly span: Span;
  readonly commands: readonly Command[];
}

/** A field as written; `*` in it is a wildcard where the command takes wildcards. */
export interface FieldName {
  readonly kind: 'FieldName';
  readonly span: Span;
  readonly name: string;
}

// ---------------------------------------------------------------- search expressions

export type SearchExpression =
  | SearchAnd
  | SearchOr
  | SearchNot
  | SearchComparison
  | SearchIn
  | SearchKeyword
  | SearchSubsearch
  | SearchTime
  | SearchDataset;

export interface SearchAnd {
  readonly kind: 'SearchAnd';
  readonly span: Span;
  readonly operands: readonly SearchExpression[];
}

export interface SearchOr {
  readonly kind: 'SearchOr';
  readonly span: Span;
  readonly operands: readonly SearchExpression[];
}

export interface SearchNot {
  readonly kind: 'SearchNot';
  readonly span: Span;
  readonly operand: SearchExpression;
}

export type SearchOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** The right-hand side: always text; `*` is a wildcard, quoted or not. */
export interface SearchValue {
  readonly span: Span;
  readonly text: string;
}

export interface SearchComparison {
  readonly kind: 'SearchComparison';
  readonly span: Span;
  readonly field: FieldName;
  readonly operator: SearchOperator;
  readonly value: SearchValue;
}

export interface SearchIn {
  readonly kind: 'SearchIn';
  readonly span: Span;
  readonly field: FieldName;
  readonly values: readonly SearchValue[];
}

/** A bare word or quoted phrase, looked for in `_raw`. */
export interface SearchKeyword {
  readonly kind: 'SearchKeyword';
  readonly span: Span;
  readonly text: string;
}

/** `[search … | fields f]`: matches what has the values of one of its rows. */
export interface SearchSubsearch {
  readonly kind: 'SearchSubsearch';
  readonly span: Span;
  readonly search: Search;
}

/** `earliest=-1h`, `latest=now`: overrides the window. */
export interface SearchTime {
  readonly kind: 'SearchTime';
  readonly span: Span;
  readonly bound: 'earliest' | 'latest';
  readonly value: SearchValue;
}

/** `dataset=kube_audit`: the reserved term by which macros bind data. */
export interface SearchDataset {
  readonly kind: 'SearchDataset';
  readonly span: Span;
  readonly value: SearchValue;
}

// ---------------------------------------------------------------- eval expressions

export type EvalExpression =
  | NumberLiteral
  | StringLiteral
  | FieldReference
  | Call
  | Unary
  | Binary
  | EvalIn
  | EvalSearch;

export interface NumberLiteral {
  readonly kind: 'NumberLiteral';
  readonly span: Span;
  /** As written; finite. */
  readonly text: string;
}

export interface StringLiteral {
  readonly kind: 'StringLiteral';
  readonly span: Span;
  readonly value: string;
}

export interface FieldReference {
  readonly kind: 'FieldReference';
  readonly span: Span;
  readonly name: string;
}

export interface Call {
  readonly kind: 'Call';
  readonly span: Span;
  readonly name: string;
  readonly nameSpan: Span;
  readonly arguments: readonly EvalExpression[];
}

export interface Unary {
  readonly kind: 'Unary';
  readonly span: Span;
  readonly operator: '-' | 'not';
  readonly operand: EvalExpression;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '.';
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like';
export type LogicalOperator = 'and' | 'or' | 'xor';

export interface Binary {
  readonly kind: 'Binary';
  readonly span: Span;
  readonly operator: ArithmeticOperator | ComparisonOperator | LogicalOperator;
  readonly left: EvalExpression;
  readonly right: EvalExpression;
}

/** `field IN (a, b)` */
export interface EvalIn {
  readonly kind: 'EvalIn';
  readonly span: Span;
  readonly operand: EvalExpression;
  readonly values: readonly EvalExpression[];
}

/** `searchmatch("a=1 b*")`; its inner spans are those of the text in the quotes. */
export interface EvalSearch {
  readonly kind: 'EvalSearch';
  readonly span: Span;
  /** Undefined where the text is empty. */
  readonly expression: SearchExpression | undefined;
}

// ---------------------------------------------------------------- commands

export type Command =
  | AddtotalsCommand
  | AppendCommand
  | AppendcolsCommand
  | AppendpipeCommand
  | BinCommand
  | ChartCommand
  | ConvertCommand
  | DedupCommand
  | EvalCommand
  | EventstatsCommand
  | ExtractCommand
  | FieldsCommand
  | FieldformatCommand
  | FillnullCommand
  | ForeachCommand
  | FormatCommand
  | FromjsonCommand
  | HeadCommand
  | InputlookupCommand
  | OutputlookupCommand
  | IplocationCommand
  | JoinCommand
  | LookupCommand
  | MakemvCommand
  | MakeresultsCommand
  | MvcombineCommand
  | MvexpandCommand
  | NomvCommand
  | RegexCommand
  | RenameCommand
  | ReturnCommand
  | ReplaceCommand
  | ReverseCommand
  | RexCommand
  | SearchCommand
  | SortCommand
  | SpathCommand
  | StatsCommand
  | StreamstatsCommand
  | TableCommand
  | TimechartCommand
  | TojsonCommand
  | TopCommand
  | TransactionCommand
  | UnionCommand
  | WhereCommand;

interface CommandBase {
  /** The whole command, without the pipe. */
  readonly span: Span;
  /** As written, for messages: `bucket` stays `bucket`. */
  readonly name: string;
}

export interface AddtotalsCommand extends CommandBase {
  readonly kind: 'AddtotalsCommand';
  /** Empty: every field of the result. */
  readonly fields: readonly FieldName[];
  /** The field of each row's sum; undefined: none. */
  readonly output: string | undefined;
  /** A row of the fields' sums behind all others, and the field that its label is written to; undefined: none. */
  readonly column: { readonly label: string; readonly labelField: string | undefined } | undefined;
}

export interface AppendCommand extends CommandBase {
  readonly kind: 'AppendCommand';
  /** Begins with a search of its own. */
  readonly search: Search;
  /** Of its rows so many at most; 0: all. */
  readonly limit: number;
}

export interface AppendcolsCommand extends CommandBase {
  readonly kind: 'AppendcolsCommand';
  readonly search: Search;
  /** Of its rows so many at most; 0: all. */
  readonly limit: number;
  /** Its fields replace those of the same name. */
  readonly override: boolean;
}

export interface AppendpipeCommand extends CommandBase {
  readonly kind: 'AppendpipeCommand';
  /** Begins with the rows so far. */
  readonly search: Search;
}

export interface BinCommand extends CommandBase {
  readonly kind: 'BinCommand';
  readonly field: FieldName;
  readonly output: FieldName | undefined;
  readonly size: BinSize;
  /** The time that ranges of time are counted from: `earliest`, `latest` or a time modifier; none: the epoch. */
  readonly align: StringLiteral | undefined;
}

/** What ranges are as long as: what `span=` says, or what the values themselves decide. */
export type BinSize = TimeSpan | NumberSpan | SubsecondSpan | WeekSpan | LogarithmicSpan | AutomaticSpan;

/** `span=5m`: so many of one unit. */
export interface TimeSpan {
  readonly kind: 'time';
  readonly count: number;
  readonly unit: 's' | 'm' | 'h' | 'd' | 'mon' | 'q' | 'y';
}

/** `span=10` */
export interface NumberSpan {
  readonly kind: 'number';
  readonly width: number;
}

/** `span=100ms`: so many ranges a second. */
export interface SubsecondSpan {
  readonly kind: 'subseconds';
  readonly perSecond: number;
}

/** `span=1w@w1`; 0 is Sunday. */
export interface WeekSpan {
  readonly kind: 'weeks';
  readonly weekday: number;
}

/** `span=2log5`: from 2 times a power of 5 to 2 times the next. */
export interface LogarithmicSpan {
  readonly kind: 'logarithmic';
  readonly factor: number;
  readonly base: number;
}

/** No `span`: the shortest of some lengths, not under `least`, with which there are at most `most` ranges. */
export interface AutomaticSpan {
  readonly kind: 'automatic';
  readonly most: number;
  readonly least: TimeSpan | NumberSpan | undefined;
  /** Of numbers: the ranges reach from here at least, and up to there. */
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export interface ChartCommand extends CommandBase {
  readonly kind: 'ChartCommand';
  readonly aggregations: readonly Aggregation[];
  /** The field of the rows; none: one row. */
  readonly by: readonly FieldName[];
  readonly split: Split | undefined;
}

/** A field whose values become columns. */
export interface Split {
  readonly field: FieldName;
  /** So many of its values; 0: all. */
  readonly limit: number;
  readonly keep: 'top' | 'bottom';
  /** The column of all other values; undefined: none. */
  readonly other: string | undefined;
  /** The column of the rows that lack the field; undefined: none. */
  readonly missing: string | undefined;
  /** Between function and value in the columns of several functions. */
  readonly separator: string;
}

export interface ConvertCommand extends CommandBase {
  readonly kind: 'ConvertCommand';
  readonly timeFormat: StringLiteral | undefined;
  readonly conversions: readonly Conversion[];
}

export type ConversionFunction =
  | 'auto'
  | 'ctime'
  | 'dur2sec'
  | 'memk'
  | 'mktime'
  | 'mstime'
  | 'none'
  | 'num'
  | 'rmcomma'
  | 'rmunit';

export interface Conversion {
  readonly span: Span;
  readonly function: ConversionFunction;
  readonly field: FieldName;
  readonly output: FieldName | undefined;
}

export interface DedupCommand extends CommandBase {
  readonly kind: 'DedupCommand';
  readonly count: number;
  readonly fields: readonly FieldName[];
  readonly keepEmpty: boolean;
  /** Only rows that follow one another count as the same. */
  readonly consecutive: boolean;
  /** Every row stays; those that would go lose the fields. */
  readonly keepEvents: boolean;
  readonly sortBy: readonly SortKey[];
}

export interface EvalCommand extends CommandBase {
  readonly kind: 'EvalCommand';
  readonly assignments: readonly Assignment[];
}

export interface Assignment {
  readonly span: Span;
  readonly field: FieldName;
  readonly value: EvalExpression;
}

export interface FieldsCommand extends CommandBase {
  readonly kind: 'FieldsCommand';
  readonly remove: boolean;
  readonly fields: readonly FieldName[];
}

export interface FieldformatCommand extends CommandBase {
  readonly kind: 'FieldformatCommand';
  readonly assignment: Assignment;
}

export interface FillnullCommand extends CommandBase {
  readonly kind: 'FillnullCommand';
  readonly value: string;
  /** Empty: every field of the result. */
  readonly fields: readonly FieldName[];
}

export interface ForeachCommand extends CommandBase {
  readonly kind: 'ForeachCommand';
  readonly fields: readonly FieldName[];
  /** The commands between the brackets, as written. */
  readonly template: StringLiteral;
  /** What stands in the template for the field's name, for what its wildcard matched, for what each of several matched. */
  readonly placeholders: { readonly field: string; readonly match: string; readonly segments: readonly string[] };
}

export interface ExtractCommand extends CommandBase {
  readonly kind: 'ExtractCommand';
  /** Absent: the pairs that the automatic extraction finds. */
  readonly delimiters: PairDelimiters | undefined;
  /** So many pairs; absent: all. */
  readonly limit: number | undefined;
  /** So much of the text; absent: all. */
  readonly maxCharacters: number | undefined;
  /** Values are put behind those that the field holds, instead of being left out where it holds one. */
  readonly appends: boolean;
  readonly cleansKeys: boolean;
  /** Without delimiters and this nothing is extracted. */
  readonly isAutomatic: boolean;
}

export interface PairDelimiters {
  /** Any of these characters stands between pairs. */
  readonly pairs: string;
  /** Any of these stands between a key and its value. */
  readonly keys: string;
}

export interface FromjsonCommand extends CommandBase {
  readonly kind: 'FromjsonCommand';
  readonly field: FieldName;
  /** In front of each key. */
  readonly prefix: string;
}

export interface FormatCommand extends CommandBase {
  readonly kind: 'FormatCommand';
  /** Around and between rows, around and between a row's fields. */
  readonly rowPrefix: string;
  readonly columnPrefix: string;
  readonly columnSeparator: string;
  readonly columnEnd: string;
  readonly rowSeparator: string;
  readonly rowEnd: string;
  /** Between the values of a field that has several. */
  readonly valueSeparator: string;
  /** The text of no rows; absent: the default. */
  readonly emptyText: StringLiteral | undefined;
  /** 0: every row. */
  readonly limit: number;
}

export interface HeadCommand extends CommandBase {
  readonly kind: 'HeadCommand';
  readonly from: 'head' | 'tail';
  /** Undefined: no bound but the condition. */
  readonly count: number | undefined;
  /** The rows up to the first that does not satisfy it. */
  readonly condition: EvalExpression | undefined;
  /** A condition that is neither true nor false goes on. */
  readonly passesUnknown: boolean;
  /** The row that ends it is there too. */
  readonly keepLast: boolean;
}

export interface IplocationCommand extends CommandBase {
  readonly kind: 'IplocationCommand';
  readonly field: FieldName;
  readonly prefix: string;
}

export interface OutputlookupCommand extends CommandBase {
  readonly kind: 'OutputlookupCommand';
  readonly table: StringLiteral;
  readonly append: boolean;
  readonly overrideIfEmpty: boolean;
  readonly key: FieldName | undefined;
  readonly max: number | undefined;
}

export interface InputlookupCommand extends CommandBase {
  readonly kind: 'InputlookupCommand';
  /** The lookup's name. */
  readonly table: StringLiteral;
  /** Behind the rows so far. */
  readonly append: boolean;
  /** Rows to pass over. */
  readonly start: number;
  readonly max: number | undefined;
  /** Over the lookup's columns. */
  readonly where: SearchExpression | undefined;
}

export interface LookupCommand extends CommandBase {
  readonly kind: 'LookupCommand';
  /** The lookup's name. */
  readonly table: StringLiteral;
  readonly keys: readonly LookupPair[];
  /** `new`: only what the event lacks is written (OUTPUTNEW). */
  readonly mode: 'overwrite' | 'new';
  /** Absent: every column that is no key. */
  readonly outputs: readonly LookupPair[] | undefined;
}

/** A column of a lookup and the event's field that it is matched with or written to. */
export interface LookupPair {
  readonly span: Span;
  readonly column: FieldName;
  readonly field: FieldName;
}

export interface JoinCommand extends CommandBase {
  readonly kind: 'JoinCommand';
  /** Rows without a match stay. */
  readonly keepUnmatched: boolean;
  /** Fields of the subsearch replace those of the same name. */
  readonly overwrite: boolean;
  /** So many matching rows; 0: all. */
  readonly max: number;
  /** Empty: the fields that both have. */
  readonly fields: readonly FieldName[];
  readonly search: Search;
}

export interface MakemvCommand extends CommandBase {
  readonly kind: 'MakemvCommand';
  readonly field: FieldName;
  /** What stands between the values, or a regular expression whose first group is one. */
  readonly split:
    | { readonly kind: 'delimiter'; readonly text: string }
    | { readonly kind: 'tokenizer'; readonly pattern: StringLiteral };
  readonly allowEmpty: boolean;
}

export interface MakeresultsCommand extends CommandBase {
  readonly kind: 'MakeresultsCommand';
  readonly count: number;
  /** What was written, and its rows; none where only rows were asked for. */
  readonly data: StringLiteral | undefined;
  readonly rows: readonly ReadonlyMap<string, string>[];
  readonly hasTime: boolean;
}

export interface MvcombineCommand extends CommandBase {
  readonly kind: 'MvcombineCommand';
  readonly field: FieldName;
  readonly delimiter: string | undefined;
}

export interface MvexpandCommand extends CommandBase {
  readonly kind: 'MvexpandCommand';
  readonly field: FieldName;
  /** At most so many values of each row; 0: all. */
  readonly limit: number;
}

export interface NomvCommand extends CommandBase {
  readonly kind: 'NomvCommand';
  readonly field: FieldName;
}

export interface RegexCommand extends CommandBase {
  readonly kind: 'RegexCommand';
  readonly field: FieldName;
  readonly negated: boolean;
  readonly pattern: StringLiteral;
}

export interface RenameCommand extends CommandBase {
  readonly kind: 'RenameCommand';
  readonly renames: readonly Rename[];
}

export interface Rename {
  readonly span: Span;
  readonly from: FieldName;
  readonly to: FieldName;
}

export interface ReturnCommand extends CommandBase {
  readonly kind: 'ReturnCommand';
  /** The first rows. */
  readonly count: number;
  readonly fields: readonly Returned[];
}

/** `field` or `alias=field`. */
export interface Returned {
  readonly span: Span;
  readonly field: FieldName;
  readonly alias: FieldName;
}

export interface ReplaceCommand extends CommandBase {
  readonly kind: 'ReplaceCommand';
  readonly replacements: readonly Replacement[];
  /** Empty: every field of the result. */
  readonly fields: readonly FieldName[];
}

/** Whole values; `*` is a wildcard. */
export interface Replacement {
  readonly span: Span;
  readonly from: StringLiteral;
  readonly to: StringLiteral;
}

export interface ReverseCommand extends CommandBase {
  readonly kind: 'ReverseCommand';
}

export interface RexCommand extends CommandBase {
  readonly kind: 'RexCommand';
  readonly field: FieldName;
  readonly action: RexExtract | RexSubstitute;
}

export interface RexExtract {
  readonly kind: 'extract';
  readonly pattern: StringLiteral;
  /** 0: every match. */
  readonly maxMatch: number;
}

export interface RexSubstitute {
  readonly kind: 'substitute';
  readonly expression: StringLiteral;
}

export interface SearchCommand extends CommandBase {
  readonly kind: 'SearchCommand';
  /** Absent: everything matches. */
  readonly expression: SearchExpression | undefined;
}

export interface SortCommand extends CommandBase {
  readonly kind: 'SortCommand';
  /** 0: no limit. */
  readonly limit: number;
  readonly keys: readonly SortKey[];
}

export interface SortKey {
  readonly span: Span;
  readonly field: FieldName;
  readonly descending: boolean;
  readonly as: 'auto' | 'str' | 'num' | 'ip';
}

export interface SpathCommand extends CommandBase {
  readonly kind: 'SpathCommand';
  readonly input: FieldName;
  /** Absent: extract all. */
  readonly path: StringLiteral | undefined;
  readonly output: FieldName | undefined;
}

export interface StatsCommand extends CommandBase {
  readonly kind: 'StatsCommand';
  readonly aggregations: readonly Aggregation[];
  readonly by: readonly FieldName[];
  readonly dedupSplitValues: boolean;
}

export interface EventstatsCommand extends CommandBase {
  readonly kind: 'EventstatsCommand';
  readonly aggregations: readonly Aggregation[];
  readonly by: readonly FieldName[];
}

export interface StreamstatsCommand extends CommandBase {
  readonly kind: 'StreamstatsCommand';
  readonly aggregations: readonly Aggregation[];
  readonly by: readonly FieldName[];
  /** The row itself counts too. */
  readonly current: boolean;
  /** So many rows; 0: all so far. */
  readonly window: number;
  /** Seconds: only rows whose `_time` is at most so far from that of the row. */
  readonly timeWindow: number | undefined;
  /** The window is over the rows of all BY values; else each combination has its own. */
  readonly isGlobal: boolean;
  /** Everything begins anew where the BY values differ from those of the row before. */
  readonly resetOnChange: boolean;
  /** … in a row for which this is true. */
  readonly resetBefore: EvalExpression | undefined;
  /** … behind a row for which this is true. */
  readonly resetAfter: EvalExpression | undefined;
}

export interface Aggregation {
  readonly span: Span;
  /** Lower case: `count`, `values`, `perc95`. */
  readonly function: string;
  readonly functionSpan: Span;
  /** Absent for `count` of rows. */
  readonly argument: FieldName | EvalExpression | undefined;
  /** The output's name: after AS, or the call as written. */
  readonly output: FieldName;
}

export interface TableCommand extends CommandBase {
  readonly kind: 'TableCommand';
  readonly fields: readonly FieldName[];
}

export interface TimechartCommand extends CommandBase {
  readonly kind: 'TimechartCommand';
  readonly aggregations: readonly Aggregation[];
  readonly size: BucketSize;
  readonly split: Split | undefined;
  /** Buckets without rows are there too. */
  readonly continuous: boolean;
  /** They cover the search's whole window, else only from the first row to the last. */
  readonly fixedRange: boolean;
}

/** Buckets of so many seconds from an offset to the epoch on, of calendar months, or of Splunk's steps, chosen by the time there is. */
export type BucketSize =
  | { readonly kind: 'seconds'; readonly seconds: number; readonly offset: number }
  | { readonly kind: 'months'; readonly months: number }
  | { readonly kind: 'automatic'; readonly most: number; readonly least: number };

export interface TojsonCommand extends CommandBase {
  readonly kind: 'TojsonCommand';
  /** Empty: every field of the result. */
  readonly fields: readonly JsonTyped[];
  readonly defaultType: JsonDatatype;
  /** A value that does not fit its datatype is written as null. */
  readonly fillNull: boolean;
  readonly includeInternal: boolean;
  readonly output: FieldName;
}

export interface JsonTyped {
  readonly field: FieldName;
  readonly datatype: JsonDatatype;
}

export type JsonDatatype = 'auto' | 'bool' | 'json' | 'none' | 'num' | 'str';

export interface TopCommand extends CommandBase {
  readonly kind: 'TopCommand';
  readonly order: 'top' | 'rare';
  readonly fields: readonly FieldName[];
  readonly by: readonly FieldName[];
  /** 0: all. */
  readonly limit: number;
  readonly countField: string | undefined;
  readonly percentField: string | undefined;
  /** The value of a row for all that the limit leaves out; absent: there is none. */
  readonly other: string | undefined;
}

export interface TransactionCommand extends CommandBase {
  readonly kind: 'TransactionCommand';
  readonly fields: readonly FieldName[];
  /** Seconds; undefined: no bound. */
  readonly maxSpan: number | undefined;
  readonly maxPause: number | undefined;
  readonly maxEvents: number;
  readonly startsWith: TransactionBound | undefined;
  readonly endsWith: TransactionBound | undefined;
  readonly keepEvicted: boolean;
  /** Fields hold the value of every row, not the distinct ones. */
  readonly keepsList: boolean;
}

/** What the first or the last row of a transaction satisfies. */
export type TransactionBound =
  | { readonly kind: 'search'; readonly expression: SearchExpression }
  | { readonly kind: 'eval'; readonly condition: EvalExpression };

export interface WhereCommand extends CommandBase {
  readonly kind: 'WhereCommand';
  readonly condition: EvalExpression;
}

/** union and multisearch. */
export interface UnionCommand extends CommandBase {
  readonly kind: 'UnionCommand';
  readonly searches: readonly Search[];
  /** `newestFirst`: one stream of events, with those of the rows so far. */
  readonly arrangement: 'behind' | 'newestFirst';
}
