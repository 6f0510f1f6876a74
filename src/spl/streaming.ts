/** Commands that look at one row after the other, so that the rows of several searches can be laid into one another before them. */
import type { Command, Search } from './ast.ts';

const STREAMING: ReadonlySet<Command['kind']> = new Set<Command['kind']>([
  'BinCommand',
  'ConvertCommand',
  'EvalCommand',
  'FieldformatCommand',
  'FieldsCommand',
  'IplocationCommand',
  'LookupCommand',
  'MakemvCommand',
  'MvexpandCommand',
  'NomvCommand',
  'RegexCommand',
  'RenameCommand',
  'RexCommand',
  'SearchCommand',
  'SpathCommand',
  'WhereCommand',
]);

/** Undefined where the search yields its events one by one, newest first. */
export function findUnstreamed({ commands }: Pick<Search, 'commands'>): Command | undefined {
  return commands.find((command) => !STREAMING.has(command.kind));
}
