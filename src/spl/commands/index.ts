/** The registry of commands. A new one is a line here, a file beside this one, its node in ast.ts, golden cases, docs/spl.md. */
import type { Command } from '../ast.ts';
import { addtotals } from './addtotals.ts';
import { append } from './append.ts';
import { appendcols } from './appendcols.ts';
import { appendpipe } from './appendpipe.ts';
import { bin } from './bin.ts';
import { chart } from './chart.ts';
import type { CommandSpec } from './command.ts';
import { convert } from './convert.ts';
import { dedup } from './dedup.ts';
import { evaluate } from './eval.ts';
import { eventstats } from './eventstats.ts';
import { extract } from './extract.ts';
import { fieldformat } from './fieldformat.ts';
import { fields } from './fields.ts';
import { fillnull } from './fillnull.ts';
import { foreach } from './foreach.ts';
import { format } from './format.ts';
import { fromjson } from './fromjson.ts';
import { head } from './head.ts';
import { inputlookup } from './inputlookup.ts';
import { iplocation } from './iplocation.ts';
import { join } from './join.ts';
import { lookup } from './lookup.ts';
import { makemv } from './makemv.ts';
import { makeresults } from './makeresults.ts';
import { mvcombine } from './mvcombine.ts';
import { mvexpand } from './mvexpand.ts';
import { nomv } from './nomv.ts';
import { outputlookup } from './outputlookup.ts';
import { regex } from './regex.ts';
import { rename } from './rename.ts';
import { replace } from './replace.ts';
import { returns } from './return.ts';
import { reverse } from './reverse.ts';
import { rex } from './rex.ts';
import { search } from './search.ts';
import { sort } from './sort.ts';
import { spath } from './spath.ts';
import { stats } from './stats.ts';
import { streamstats } from './streamstats.ts';
import { table } from './table.ts';
import { timechart } from './timechart.ts';
import { tojson } from './tojson.ts';
import { top } from './top.ts';
import { transaction } from './transaction.ts';
import { union } from './union.ts';
import { where } from './where.ts';

/** One entry per kind of command: the compiler finds a forgotten one. */
const COMMANDS: { readonly [C in Command as C['kind']]: CommandSpec<C> } = {
  AddtotalsCommand: addtotals,
  AppendCommand: append,
  AppendcolsCommand: appendcols,
  AppendpipeCommand: appendpipe,
  BinCommand: bin,
  ChartCommand: chart,
  ConvertCommand: convert,
  DedupCommand: dedup,
  EvalCommand: evaluate,
  EventstatsCommand: eventstats,
  ExtractCommand: extract,
  FieldsCommand: fields,
  FieldformatCommand: fieldformat,
  FillnullCommand: fillnull,
  ForeachCommand: foreach,
  FormatCommand: format,
  FromjsonCommand: fromjson,
  HeadCommand: head,
  InputlookupCommand: inputlookup,
  IplocationCommand: iplocation,
  JoinCommand: join,
  LookupCommand: lookup,
  MakemvCommand: makemv,
  MakeresultsCommand: makeresults,
  MvcombineCommand: mvcombine,
  MvexpandCommand: mvexpand,
  NomvCommand: nomv,
  OutputlookupCommand: outputlookup,
  RegexCommand: regex,
  RenameCommand: rename,
  ReturnCommand: returns,
  ReplaceCommand: replace,
  ReverseCommand: reverse,
  RexCommand: rex,
  SearchCommand: search,
  SortCommand: sort,
  SpathCommand: spath,
  StatsCommand: stats,
  StreamstatsCommand: streamstats,
  TableCommand: table,
  TimechartCommand: timechart,
  TojsonCommand: tojson,
  TopCommand: top,
  TransactionCommand: transaction,
  UnionCommand: union,
  WhereCommand: where,
};

const BY_NAME: ReadonlyMap<string, CommandSpec<Command>> = new Map(
  Object.values(COMMANDS as Readonly<Record<string, CommandSpec<Command>>>).flatMap((spec) =>
    spec.names.map((name) => [name, spec] as const),
  ),
);

/** Commands of Splunk that are refused by name, so that nobody takes them for a misspelling. */
export const UNSUPPORTED_COMMANDS: ReadonlySet<string> = new Set([
  'abstract', 'accum', 'addinfo', 'analyzefields', 'anomalies', 'anomalousvalue',
  'anomalydetection', 'apply', 'arules', 'associate', 'autoregress',
  'cluster', 'cofilter', 'collect', 'concurrency', 'contingency', 'correlate', 'datamodel', 'dbinspect', 'delete',
  'delta', 'diff', 'erex', 'eventcount', 'expand', 'fieldsummary', 'filldown', 'findtypes',
  'fit', 'flatten', 'from', 'gauge', 'gentimes', 'geom', 'geomfilter', 'geostats',
  'highlight', 'history', 'iconify', 'inputcsv', 'kmeans', 'kvform', 'loadjob',
  'localize', 'localop', 'makecontinuous', 'map', 'mcollect', 'metadata', 'metasearch',
  'meventcollect', 'mpreview', 'mstats', 'multikv', 'outlier', 'outputcsv',
  'outputtext', 'overlap', 'pivot', 'predict', 'rangemap', 'redistribute', 'reltime', 'require',
  'rest', 'run', 'savedsearch', 'script', 'scrub', 'searchtxn', 'selfjoin', 'sendalert', 'sendemail', 'set',
  'setfields', 'sichart', 'sirare', 'sistats', 'sitimechart', 'sitop', 'snowincident', 'strcat',
  'summary', 'tags', 'timewrap', 'transpose', 'trendline', 'tscollect', 'tstats',
  'typeahead', 'typelearner', 'typer', 'uniq', 'untable', 'walklex', 'x11', 'xmlkv', 'xmlunescape', 'xpath',
  'xyseries',
]); // biome-ignore format: a flat list

export function findCommand(name: string): CommandSpec<Command> | undefined {
  return BY_NAME.get(name);
}

export function commandNames(): readonly string[] {
  return [...BY_NAME.keys()];
}

/** The command's own file. */
export function specOf(command: Command): CommandSpec<Command> {
  return COMMANDS[command.kind] as CommandSpec<Command>;
}
