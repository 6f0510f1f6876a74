/**
 * A search: commands between pipes.
 *
 *   search := [expression] ( '|' command )* | '|' command …
 *
 * The first command is `search` where no other is named; what each takes stands in commands/<name>.ts.
 */
import { Arguments } from './arguments.ts';
import type { Command, Search } from './ast.ts';
import { commandNames, findCommand, UNSUPPORTED_COMMANDS } from './commands/index.ts';
import type { FilledToken } from './dashboard-token.ts';
import { type Diagnostic, SplError } from './diagnostics.ts';
import { ErrorLog } from './error-log.ts';
import type { SplLimits } from './limits.ts';
import { ParseContext } from './parse-context.ts';
import { findUnstreamed } from './streaming.ts';
import { suggest } from './suggestion.ts';
import type { Token } from './token.ts';

export interface Parsed {
  readonly search: Search;
  /** Spans in the text given. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Parses text whose macros are expanded. A command with an error is left out, its error in `errors`; throws SplError where
 * nothing can be read behind it.
 */
export function parse(
  text: string,
  limits: SplLimits,
  errors = new ErrorLog(1),
  filled: readonly FilledToken[] = [],
): Parsed {
  const context = new ParseContext(text, limits, errors, parseBrackets, filled);
  const commands = parsePipeline(context, parseFirstCommand, everything);
  errors.attempt(() => expectEnd(context), nothing);
  return {
    search: { kind: 'Search', span: { start: 0, end: text.length }, commands },
    warnings: context.warnings,
  };
}

/** Parses commands that are handed rows: the template of foreach, filled in. Throws SplError; spans in the text given. */
export function parseTemplate(
  text: string,
  limits: SplLimits,
): { readonly commands: readonly Command[]; readonly warnings: readonly Diagnostic[] } {
  const context = new ParseContext(text, limits, new ErrorLog(1), parseBrackets);
  const commands = parseBrackets(context, 'pipe');
  expectEnd(context);
  return { commands, warnings: context.warnings };
}

/** Commands between pipes; what cannot be read is passed over, the first one replaced by what `replace` gives. */
function parsePipeline(
  context: ParseContext,
  parseFirst: (context: ParseContext) => Command,
  replace: (context: ParseContext) => readonly Command[],
): readonly Command[] {
  const commands = [...recover(context, parseFirst, replace)];
  while (context.optionalOperator('arguments', '|') !== undefined) {
    const behind = recover(context, parseCommand, nothing);
    commands.push(...behind.map((command) => arranged(command, commands)));
  }
  return commands;
}

/** Behind rows that are no stream of events, the rows of a union are none either. */
function arranged(command: Command, before: readonly Command[]): Command {
  if (command.kind !== 'UnionCommand') return command;
  return findUnstreamed({ commands: before }) === undefined ? command : { ...command, arrangement: 'behind' };
}

function recover(
  context: ParseContext,
  parseOne: (context: ParseContext) => Command,
  replace: (context: ParseContext) => readonly Command[],
): readonly Command[] {
  context.countCommand();
  return context.errors.attempt(
    () => [parseOne(context)],
    () => {
      context.skipCommand();
      return replace(context);
    },
  );
}

function nothing(): readonly Command[] {
  return [];
}

/** In place of a first search that cannot be read, so that those behind it have rows to be checked with. */
function everything(context: ParseContext): readonly Command[] {
  const span = { start: context.lastEnd, end: context.lastEnd };
  return [{ kind: 'SearchCommand', span, name: 'search', expression: undefined }];
}

function expectEnd(context: ParseContext): readonly Command[] {
  const rest = context.peek('arguments');
  if (rest.kind === 'end') return [];
  throw context.unexpected('search', 'a pipe or the end', rest);
}

/** Within brackets the first word is a command, whether a pipe stands before it or not. */
function parseBrackets(context: ParseContext, form: 'search' | 'pipe'): readonly Command[] {
  const parseFirst = (): Command => {
    context.optionalOperator('arguments', '|');
    const command = parseCommand(context);
    if (form === 'pipe' || hasOwnRows(command)) return command;
    throw needsRows(command);
  };
  return parsePipeline(context, parseFirst, form === 'pipe' ? nothing : everything);
}

function parseFirstCommand(context: ParseContext): Command {
  const token = context.peek('search');
  if (token.kind === 'operator' && token.text === '|') {
    context.next('search');
    const command = parseCommand(context);
    if (hasOwnRows(command)) return command;
    throw needsRows(command);
  }
  // `search` may be written out; `search=x` is a field of that name.
  const isNamed =
    token.kind === 'word' &&
    token.text === 'search' &&
    !/^\s*[=!<>]/.test(context.lexer.text.slice(token.end, token.end + 64));
  if (isNamed) return parseCommand(context);
  const implied: Token = { kind: 'word', text: 'search', start: token.start, end: token.start };
  return parseArguments(context, implied);
}

function hasOwnRows({ kind }: Command): boolean {
  return ['SearchCommand', 'InputlookupCommand', 'MakeresultsCommand', 'UnionCommand'].includes(kind);
}

function needsRows(command: Command): SplError {
  return new SplError(
    'SPL208',
    `${command.name}: expected a search before this command, found none.`,
    command.span,
    'Begin with the data to read, e.g. dataset=kube_audit.',
  );
}

function parseCommand(context: ParseContext): Command {
  const token = context.peek('arguments');
  if (token.kind !== 'word') throw context.unexpected('search', 'a command', token);
  context.next('arguments');
  return parseArguments(context, token);
}

function parseArguments(context: ParseContext, name: Token): Command {
  const spec = findCommand(name.text.toLowerCase());
  if (spec === undefined) throw unknownCommand(name);
  const command = spec.parse(new Arguments(context, name));
  if (!context.isCommandEnd('arguments')) {
    throw context.unexpected(name.text, 'a pipe or the end of the command', context.peek('arguments'));
  }
  return command;
}

function unknownCommand(name: Token): SplError {
  const lower = name.text.toLowerCase();
  if (UNSUPPORTED_COMMANDS.has(lower)) {
    return new SplError('SPL203', `${lower}: this command is not supported.`, name, 'docs/spl.md lists what is.');
  }
  return new SplError(
    'SPL202',
    `search: expected a command, found "${name.text}".`,
    name,
    suggest(lower, [...commandNames(), ...UNSUPPORTED_COMMANDS]),
  );
}
