/**
 * AST to plan, in two passes. From the last command to the first: what each needs of its input. From the first to the last: the nodes,
 * with exactly the fields that were asked for.
 */
import type { Command, ForeachCommand, Search, SearchSubsearch } from './ast.ts';
import { CommandScope, type Settings, type SubsearchLowering } from './command-scope.ts';
import { checkTemplate, fillTemplate } from './commands/foreach.ts';
import { formattedTerm } from './commands/format.ts';
import { specOf } from './commands/index.ts';
import { lowerInputlookup } from './commands/inputlookup.ts';
import { lowerMakeresults } from './commands/makeresults.ts';
import { returnDemand, returnedRows } from './commands/return.ts';
import { lowerFirstSearch } from './commands/search.ts';
import { lowerUnion } from './commands/union.ts';
import { type Demand, EVERYTHING, either, need, only } from './demand.ts';
import { type Diagnostic, type DiagnosticCode, SplError } from './diagnostics.ts';
import { ErrorLog } from './error-log.ts';
import { column, type SortTerm } from './expression.ts';
import { namesOf } from './field-names.ts';
import { parseTemplate } from './parser.ts';
import type { Column, Plan } from './plan.ts';
import { ColumnNames, fieldValue, firstRows, type Relation } from './relation.ts';
import { comparedFields, type SubsearchTerm } from './subsearch-term.ts';
import { subsearchesIn } from './subsearches.ts';
import type { OwnBounds } from './time-window.ts';
import { hasWildcard } from './wildcard.ts';

export interface Lowered {
  readonly plan: Plan;
  readonly fields: readonly { readonly name: string; readonly kind: 'text' | 'number' | 'list' | 'columns' }[];
  /** The last column holds cells, each with the name and the value of a further field. */
  readonly spread?: string;
  readonly datasets: readonly string[];
  /** Of each first search that reads events, those that are alike once. */
  readonly ownBounds: readonly OwnBounds[];
  readonly warnings: readonly Diagnostic[];
}

/** Undefined where `errors` has some, in the end: a command with an error is passed over. Throws SplError where nothing can be read behind it. */
export function lower(search: Search, settings: Settings, errors: ErrorLog): Lowered | undefined {
  const pipelines = new Pipelines(settings, errors);
  const relation = pipelines.search(search, EVERYTHING);
  if (!errors.isEmpty) return undefined;
  const output = outputOf(relation, search);
  const spread = relation.spread === undefined ? undefined : output.at(-1)?.name;
  return {
    ...(spread === undefined ? {} : { spread }),
    plan: { root: relation.node, output, orderBy: relation.order.map((term) => unshadowed(term, output, relation)) },
    fields: [
      ...[...relation.fields].map(([name, { kind }]) => ({ name, kind })),
      ...(spread === undefined ? [] : [{ name: spread, kind: 'columns' as const }]),
    ],
    datasets: [...pipelines.datasets],
    ownBounds: [...pipelines.ownBounds.values()],
    warnings: pipelines.warnings,
  };
}

/** What behind a command that was passed over may only follow from its fields not being there. */
const FOLLOWING: ReadonlySet<DiagnosticCode> = new Set(['SPL304', 'SPL309', 'SPL310', 'SPL312', 'SPL315']);

/** A search and the searches within it; what they have in common. */
class Pipelines implements SubsearchLowering {
  readonly warnings: Diagnostic[] = [];
  readonly datasets = new Set<string>();
  /** By their text. */
  readonly ownBounds = new Map<string, OwnBounds>();
  readonly settings: Settings;
  readonly #errors: ErrorLog;
  readonly #terms = new Map<SearchSubsearch, SubsearchTerm | SplError>();
  #termCount = 1;

  constructor(settings: Settings, errors: ErrorLog) {
    this.settings = settings;
    this.#errors = errors;
  }

  search(search: Search, demand: Demand, label?: string): Relation {
    const relation = this.#search(search, demand, label);
    return label === undefined ? relation : checkRows(relation, search);
  }

  #search(search: Search, demand: Demand, label: string | undefined): Relation {
    const [first, ...rest] = search.commands;
    if (first === undefined) throw new Error('lower: expected a command.');
    const demands = demandsOf(rest, demand, this);
    const scope = this.#scope(first, 1, demands.input, label, this.settings);
    if (first.kind !== 'SearchCommand') {
      return this.#commands(rest, 2, generated(first, scope), demands.outputs, label, this.settings);
    }
    const scan = this.#attempt(
      () => lowerFirstSearch(first, scope),
      () => lowerFirstSearch({ ...first, expression: undefined }, scope),
    );
    const read = scan.dataset.tables.length > 1 ? ['kube_audit', 'logs'] : [scan.dataset.name];
    for (const name of read) this.datasets.add(name);
    this.ownBounds.set(JSON.stringify(scan.ownBounds), scan.ownBounds);
    return this.#commands(rest, 2, scan.relation, demands.outputs, label, { ...this.settings, range: scan.range });
  }

  pipe(search: Search, input: Relation, demand: Demand, label: string, settings: Settings): Relation {
    const { outputs } = demandsOf(search.commands, demand, this);
    return checkRows(this.#commands(search.commands, 1, input, outputs, label, settings), search);
  }

  template(command: ForeachCommand, texts: readonly string[], input: Relation, scope: CommandScope): Relation {
    const { settings } = scope;
    const earlier = this.warnings.length;
    const relation = inTemplate(command, () => {
      const commands = readTemplate(command, texts, settings, this.warnings);
      const { outputs } = demandsOf(commands, scope.demand, this);
      return this.#errors.asOne(() => this.#commands(commands, 1, input, outputs, scope.label(), settings));
    });
    // Their places are in the filled-in text, which nobody sees.
    const own = this.warnings.splice(earlier).map((warning) => ({ ...warning, span: command.template.span }));
    for (const { code, message, span, help } of own) scope.warn(code, message, span, help);
    return relation;
  }

  /** The same term is worked out once, and throws the same error each time. */
  term(term: SearchSubsearch): SubsearchTerm {
    let found = this.#terms.get(term);
    if (found === undefined) {
      const label = `subsearch_${this.#termCount}`;
      this.#termCount += 1;
      found = caught(() => this.#errors.asOne(() => this.#lowerTerm(term, label)));
      this.#terms.set(term, found);
    }
    if (found instanceof SplError) throw found;
    return found;
  }

  /** None where the subsearch has an error: that is said where it is lowered. */
  comparedNames(term: SearchSubsearch): readonly string[] {
    const found = caught(() => this.term(term));
    return found instanceof SplError ? [] : namesOf(found.fields);
  }

  /** Lowered once to learn its fields, then for those alone. */
  #lowerTerm({ search, span }: SearchSubsearch, label: string): SubsearchTerm {
    const last = search.commands.at(-1);
    if (last?.kind === 'ReturnCommand') {
      const body = { ...search, commands: search.commands.slice(0, -1) };
      const scope = this.#scope(last, search.commands.length, returnDemand(last), label, this.settings);
      const rows = returnedRows(last, this.search(body, returnDemand(last), label), scope);
      const names = last.fields.map(({ alias }) => alias.name);
      return { fields: comparedFields(names, span), rows, label, columns: 'and' };
    }
    const format = last?.kind === 'FormatCommand' ? formattedTerm(last) : { columns: 'and' as const, limit: 0 };
    const body = last?.kind === 'FormatCommand' ? { ...search, commands: search.commands.slice(0, -1) } : search;
    const closed = { name: 'search', span };
    const everything = this.search(body, { ...EVERYTHING, closed }, label);
    const fields = comparedFields(everything.fields.keys(), span);
    const rows = this.search(body, only(namesOf(fields), format.limit > 0), label);
    return { fields, rows: firstRows(rows, format.limit, `${label}_first`), label, columns: format.columns };
  }

  #commands(
    commands: readonly Command[],
    place: number,
    input: Relation,
    demands: readonly Demand[],
    label: string | undefined,
    settings: Settings,
  ): Relation {
    return commands.reduce((relation, command, index) => {
      const demand = demands[index];
      if (demand === undefined) throw new Error('lower: expected a demand for each command.');
      const scope = this.#scope(command, place + index, demand, label, settings);
      const lowered = this.#attempt(
        () => {
          checkColumns(relation, command);
          return specOf(command).lower(command, relation, scope);
        },
        () => relation,
      );
      checkFields(lowered.fields.size, command, settings);
      return lowered;
    }, input);
  }

  #attempt<T>(work: () => T, otherwise: () => T): T {
    return this.#errors.attempt(work, otherwise, this.#errors.isEmpty ? undefined : FOLLOWING);
  }

  #scope(command: Command, place: number, demand: Demand, label: string | undefined, settings: Settings): CommandScope {
    const own = `${command.name.toLowerCase()}_${place}`;
    return new CommandScope(settings, demand, label === undefined ? own : `${label}_${own}`, this.warnings, this);
  }
}

interface Demands {
  /** Of the rows that the first command is handed. */
  readonly input: Demand;
  /** Of each command's output. */
  readonly outputs: readonly Demand[];
}

/** The rows of a first command that reads no events. */
function generated(command: Command, scope: CommandScope): Relation {
  switch (command.kind) {
    case 'InputlookupCommand':
      return lowerInputlookup(command, scope);
    case 'MakeresultsCommand':
      return lowerMakeresults(command, scope);
    case 'UnionCommand':
      return lowerUnion(command, [], scope);
    default:
      throw new Error(`lower: expected the parser to put a command with rows of its own first, found ${command.name}.`);
  }
}

/** What the commands need of the rows that they are handed, so that `wanted` is met at their end. Throws SplError. */
export function demandOfCommands(commands: readonly Command[], wanted: Demand, settings: Settings): Demand {
  return demandsOf(commands, wanted, new Pipelines(settings, new ErrorLog(1))).input;
}

/** What the demands of commands depend on beside the commands. */
interface DemandContext {
  readonly settings: Settings;
  /** The fields that a subsearch's rows are compared by. */
  comparedNames(term: SearchSubsearch): readonly string[];
}

function demandsOf(commands: readonly Command[], wanted: Demand, context: DemandContext): Demands {
  let demand = wanted;
  const outputs: Demand[] = [];
  for (const command of [...commands].reverse()) {
    outputs.push(demand);
    demand = demandOf(command, demand, context);
    checkFields(demand.names.size, command, context.settings);
  }
  return { input: demand, outputs: outputs.reverse() };
}

function demandOf(command: Command, demand: Demand, context: DemandContext): Demand {
  if (command.kind === 'ForeachCommand') return demandOfTemplate(command, demand, context);
  if (command.kind === 'SearchCommand') {
    const compared = subsearchesIn(command.expression).flatMap((term) => context.comparedNames(term));
    return need(specOf(command).demand(command, demand), compared);
  }
  if (command.kind !== 'AppendpipeCommand') return specOf(command).demand(command, demand);
  // Its rows go both ways.
  const { input } = demandsOf(command.search.commands, demand, context);
  return either(demand, input);
}

/** Which fields a wildcard covers is not known yet: all of them are needed, and the names that the template always reads. */
function demandOfTemplate(command: ForeachCommand, demand: Demand, context: DemandContext): Demand {
  return inTemplate(command, () => {
    const inputOf = (texts: readonly string[]): Demand =>
      demandsOf(readTemplate(command, texts, context.settings), demand, context).input;
    if (!command.fields.some(({ name }) => hasWildcard(name))) {
      return inputOf(command.fields.map(({ name }) => fillTemplate(command, name, name)));
    }
    const [one, other] = ['x', 'y'].map((part) =>
      inputOf(
        command.fields.map(({ name }) =>
          fillTemplate(command, hasWildcard(name) ? name.replaceAll('*', part) : name, name),
        ),
      ),
    );
    if (one === undefined || other === undefined) throw new Error('foreach: expected the template to have been read.');
    const always = [...one.names.keys()].filter((name) => other.names.has(name));
    return { ...need(demand, always), all: true, order: demand.order || one.order };
  });
}

function readTemplate(
  command: ForeachCommand,
  texts: readonly string[],
  { limits }: Settings,
  warnings: Diagnostic[] = [],
): readonly Command[] {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > limits.maxExpandedLength) {
    throw new SplError(
      'SPL111',
      `${command.name}: expected at most ${limits.maxExpandedLength} characters with the fields filled in, found ${length}.`,
      command.span,
    );
  }
  const parsed = texts.map((text) => parseTemplate(text, limits));
  const commands = parsed.flatMap((one) => one.commands);
  if (commands.length > limits.maxCommands) {
    throw new SplError(
      'SPL114',
      `${command.name}: expected at most ${limits.maxCommands} commands with the fields filled in, found ${commands.length}.`,
      command.span,
    );
  }
  checkTemplate(commands);
  warnings.push(...parsed.flatMap((one) => one.warnings));
  return commands;
}

/** Places in a filled-in template are in a text that nobody sees: the template is shown instead. */
function inTemplate<T>(command: ForeachCommand, work: () => T): T {
  try {
    return work();
  } catch (error: unknown) {
    if (!(error instanceof SplError)) throw error;
    throw new SplError(error.code, error.message, command.template.span, error.help);
  }
}

function caught<T>(work: () => T): T | SplError {
  try {
    return work();
  } catch (error: unknown) {
    if (error instanceof SplError) return error;
    throw error;
  }
}

function checkFields(count: number, command: Command, settings: Settings): void {
  const { maxFields } = settings.limits;
  if (count <= maxFields) return;
  throw new SplError('SPL117', `${command.name}: expected at most ${maxFields} fields, found ${count}.`, command.span);
}

/** In ORDER BY, the name of a result stands for the result, also where the rows have a column of that name. */
function unshadowed(term: SortTerm, output: readonly Column[], relation: Relation): SortTerm {
  const { expression } = term;
  if (expression.op !== 'column') return term;
  const shadow = output.find(({ name }) => name.toLowerCase() === expression.name.toLowerCase());
  const isItself = shadow?.expression.op === 'column' && shadow.expression.name === expression.name;
  return shadow === undefined || isItself
    ? term
    : { ...term, expression: column(expression.name, relation.node.label) };
}

/** Commands that say nothing of columns that are not known. */
const ROW_CHOICES: ReadonlySet<Command['kind']> = new Set([
  'HeadCommand',
  'RegexCommand',
  'ReverseCommand',
  'SearchCommand',
  'SortCommand',
  'WhereCommand',
]);

function checkColumns(relation: Relation, command: Command): void {
  if (relation.spread === undefined || ROW_CHOICES.has(command.kind)) return;
  if (command.kind === 'FillnullCommand' && command.fields.length === 0) return;
  throw new SplError(
    'SPL316',
    `${command.name}: expected columns that are known before the search runs, found those of chart or timechart BY.`,
    command.span,
    'Behind it: sort, head, tail, reverse, where, search and regex on the other fields, fillnull without a list. stats … BY gives the same numbers as rows.',
  );
}

function checkRows(relation: Relation, search: Search): Relation {
  if (relation.spread === undefined) return relation;
  throw new SplError(
    'SPL316',
    'search: expected a subsearch whose columns are known before it runs, found chart or timechart BY.',
    search.commands.at(-1)?.span ?? search.span,
    'stats … BY gives the same numbers as rows.',
  );
}

function outputOf(relation: Relation, search: Search): readonly Column[] {
  if (relation.fields.size === 0) {
    throw new SplError(
      'SPL316',
      'search: expected at least one field in the results, found none.',
      search.commands.at(-1)?.span ?? search.span,
      'Keep a field that a command before yields.',
    );
  }
  const seen = new Map<string, string>();
  const known = [...relation.fields].map(([name, field]) => {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new SplError(
        'SPL312',
        `search: expected results whose names differ in more than case, found "${other}" and "${name}".`,
        search.commands.at(-1)?.span ?? search.span,
        'Rename one of them.',
      );
    }
    seen.set(name.toLowerCase(), name);
    if (name.includes('\0')) {
      throw new SplError('SPL317', 'search: expected names without NUL, found one.', search.span);
    }
    return { name, expression: fieldValue(field).expression };
  });
  if (relation.spread === undefined) return known;
  return [...known, { name: new ColumnNames(seen.keys()).take('columns'), expression: column(relation.spread.column) }];
}
