/** Commands that look at one row after the other, so that the rows of several searches can be laid into one another before them. */
import type { Command, Search } from './ast.ts';

const STREAMING: ReadonlySet<Command['kind']> = new Set<Command['kind']>([
  'ConvertCommand',
  'EvalCommand',
  'ExtractCommand',
  'FieldformatCommand',
  'FieldsCommand',
  'ForeachCommand',
  'FromjsonCommand',
  'IplocationCommand',
  'LookupCommand',
  'MakemvCommand',
  'MvexpandCommand',
  'NomvCommand',
  'RegexCommand',
  'RenameCommand',
  'ReplaceCommand',
  'RexCommand',
  'SearchCommand',
  'SpathCommand',
  'TojsonCommand',
  'WhereCommand',
]);

/** Undefined where the search yields its events one by one, newest first. */
export function findUnstreamed({ commands }: Pick<Search, 'commands'>): Command | undefined {
  return commands.find((command) => !isStreaming(command));
}

function isStreaming(command: Command): boolean {
  switch (command.kind) {
    case 'AddtotalsCommand':
      return command.column === undefined;
    case 'BinCommand':
      return command.size.kind !== 'automatic';
    case 'FillnullCommand':
      return command.fields.length > 0;
    default:
      return STREAMING.has(command.kind);
  }
}
