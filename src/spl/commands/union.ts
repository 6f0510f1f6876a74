/**
 * union, multisearch: the rows of several searches.
 *
 *   union [ search … ] … lookup:<name> …      at the beginning, or with the rows so far
 *   multisearch [ search … ] …                two or more at the beginning, of streaming commands only
 *
 * Where every command of every search streams, the rows are one stream of events, newest first; else they stand behind one another
 * in the order written, those so far first.
 *
 * `lookup:` and `inputlookup:` stand for the rows of a lookup. Not supported: other named datasets, maxtime, maxout, timeout.
 */
import type { Arguments } from '../arguments.ts';
import type { Search, UnionCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { SplError } from '../diagnostics.ts';
import type { Relation } from '../relation.ts';
import { findUnstreamed } from '../streaming.ts';
import { unionRows } from '../union.ts';
import type { CommandSpec } from './command.ts';

export const union: CommandSpec<UnionCommand> = {
  kind: 'UnionCommand',
  names: ['union', 'multisearch'],

  parse(input) {
    input.optionalOption([], ['maxtime', 'maxout', 'timeout']);
    const searches: Search[] = [];
    while (!input.isEnd()) {
      if (searches.length > 0) input.skipComma();
      searches.push(
        input.context.isOperator('arguments', '[')
          ? input.context.subsearch(input.command, 'search')
          : namedDataset(input),
      );
    }
    const isMultisearch = input.command.toLowerCase() === 'multisearch';
    if (searches.length < (isMultisearch ? 2 : 1)) {
      throw input.missing(isMultisearch ? 'two searches in brackets' : 'a search in brackets');
    }
    if (isMultisearch) for (const search of searches) checkStreaming(search);
    const arrangement = searches.every((search) => findUnstreamed(search) === undefined) ? 'newestFirst' : 'behind';
    return { kind: 'UnionCommand', span: input.span, name: input.command, searches, arrangement };
  },

  demand: (_, demand) => demand,

  lower(command, input, scope) {
    if (command.name.toLowerCase() === 'union') return lowerUnion(command, [input], scope);
    throw new SplError(
      'SPL316',
      `${command.name}: expected at the beginning of a search, found behind another command.`,
      command.span,
      'To put rows behind those so far, write append or union.',
    );
  },
};

/** The rows of its searches, behind or among those of `inputs`. */
export function lowerUnion(command: UnionCommand, inputs: readonly Relation[], scope: CommandScope): Relation {
  const added = command.searches.map((search, index) =>
    scope.subsearches.search(search, scope.demand, scope.label(String(index + 1))),
  );
  return unionRows([...inputs, ...added], command.arrangement, scope);
}

function checkStreaming(search: Search): void {
  const other = findUnstreamed(search);
  if (other === undefined) return;
  throw new SplError(
    'SPL316',
    `multisearch: expected commands that look at one event after the other, found "${other.name}".`,
    other.span,
    'union takes any search.',
  );
}

/** The rows of a lookup, as inputlookup reads them. */
function namedDataset(input: Arguments): Search {
  const token = input.expectText('a search in brackets');
  const [, start = '', lookup] = token.kind === 'word' ? (/^((?:input)?lookup:)(.+)$/.exec(token.text) ?? []) : [];
  if (lookup === undefined || input.command.toLowerCase() === 'multisearch') {
    throw new SplError(
      'SPL316',
      `${input.command}: expected a search in brackets, found "${token.text}".`,
      token,
      'Of named datasets union takes lookup:<name>.',
    );
  }
  const table = {
    kind: 'StringLiteral',
    span: { start: token.start + start.length, end: token.end },
    value: lookup,
  } as const;
  return {
    kind: 'Search',
    span: token,
    commands: [
      {
        kind: 'InputlookupCommand',
        span: token,
        name: 'inputlookup',
        table,
        append: false,
        start: 0,
        max: undefined,
        where: undefined,
      },
    ],
  };
}
