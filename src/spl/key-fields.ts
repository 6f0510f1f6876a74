/**
 * Which fields of a result tell its rows apart: the BY fields of the last grouping, through later renames. A row then
 * keeps its identity when only its counts change.
 */
import type { Command, Rename, Search } from './ast.ts';
import { fillWildcard, hasWildcard, matchWildcard } from './wildcard.ts';

/**
 * Final names of the key fields; an empty list where the search gives one row (`stats` without BY). Undefined where
 * nothing grouped the rows, where a key field was computed anew, or where it is not among the `output` fields.
 */
export function keyFieldsOf(search: Search, output: readonly string[]): readonly string[] | undefined {
  let keys: readonly string[] | undefined;
  for (const command of search.commands) keys = keysAfter(command, keys);
  return keys?.every((key) => output.includes(key)) === true ? keys : undefined;
}

function keysAfter(command: Command, keys: readonly string[] | undefined): readonly string[] | undefined {
  switch (command.kind) {
    case 'StatsCommand':
    case 'ChartCommand':
      return names(command.by);
    case 'TimechartCommand':
      return ['_time'];
    case 'TopCommand':
      // A value may be spelled as the row of the others is.
      return command.other === undefined ? names([...command.by, ...command.fields]) : undefined;
    case 'DedupCommand':
      return keys ?? (command.count === 1 && !command.keepEmpty ? names(command.fields) : undefined);
    case 'RenameCommand':
      return command.renames.reduce(renamed, keys);
    case 'AddtotalsCommand':
      // A row of sums has no key.
      return command.column !== undefined || keys?.some((key) => writes(command, key)) === true ? undefined : keys;
    case 'AppendCommand':
    case 'AppendcolsCommand':
    case 'UnionCommand':
    case 'AppendpipeCommand':
    case 'JoinCommand':
    case 'ExtractCommand':
    case 'ForeachCommand':
    case 'FromjsonCommand':
    case 'InputlookupCommand':
    case 'MvcombineCommand':
    case 'MvexpandCommand':
    case 'SpathCommand':
    case 'TransactionCommand':
      // Some make several rows of a key, some may write any field.
      return undefined;
    default:
      return keys?.some((key) => writes(command, key)) === true ? undefined : keys;
  }
}

function names(fields: readonly { readonly name: string }[]): readonly string[] {
  return [...new Set(fields.map(({ name }) => name))];
}

/** True where the command may give the field another value. */
function writes(command: Command, field: string): boolean {
  switch (command.kind) {
    case 'EvalCommand':
      return command.assignments.some((assignment) => assignment.field.name === field);
    case 'EventstatsCommand':
    case 'StreamstatsCommand':
      return command.aggregations.some((aggregation) => aggregation.output.name === field);
    case 'ConvertCommand':
      return command.conversions.some(
        (conversion) => (conversion.output ?? conversion.field).name === field || conversion.field.name.includes('*'),
      );
    case 'AddtotalsCommand':
      return command.output === field;
    case 'TojsonCommand':
      return command.output.name === field;
    case 'BinCommand':
      return (command.output ?? command.field).name === field;
    case 'ReplaceCommand':
      return command.fields.length === 0 || command.fields.some(({ name }) => name === field);
    case 'MakemvCommand':
    case 'NomvCommand':
      return command.field.name === field;
    case 'RexCommand':
      return command.action.kind === 'substitute'
        ? command.field.name === field
        : namesGroup(command.action.pattern.value, field);
    case 'LookupCommand':
      // Without OUTPUT it may write any field but its own keys.
      return command.outputs === undefined
        ? !command.keys.some((key) => key.field.name === field && key.column.name === field)
        : command.outputs.some((output) => output.field.name === field);
    case 'IplocationCommand':
      return ['City', 'Country', 'Region', 'lat', 'lon'].some((part) => command.prefix + part === field);
    default:
      return false;
  }
}

function namesGroup(pattern: string, name: string): boolean {
  return pattern.includes(`<${name}>`) || pattern.includes(`'${name}'`);
}

/** Where a rename writes over a key field, the rows cannot be told apart by it any more. */
function renamed(keys: readonly string[] | undefined, rename: Rename): readonly string[] | undefined {
  if (keys === undefined) return undefined;
  const isWild = hasWildcard(rename.from.name);
  const after = keys.map((key) => {
    // `*` never touches fields that begin with an underscore.
    const found = isWild && key.startsWith('_') ? undefined : matchWildcard(rename.from.name, key);
    return found === undefined ? key : fillWildcard(rename.to.name, found);
  });
  const isOverwritten = after.some((key, index) => key === keys[index] && key === rename.to.name);
  return isOverwritten || new Set(after).size < after.length ? undefined : after;
}
