/** Lints of commands, and of what one command does to the fields of another. */
import type { Aggregation, Command, FieldName, RenameCommand } from '../../../spl/ast.ts';
import type { Span } from '../../../spl/source.ts';
import { type AstNode, capturedBy, nodesOf } from '../outline.ts';
import { isFieldNamed, type Lint, termsOf } from './lint.ts';

export const OVERWRITTEN_FIELD: Lint = {
  code: 'CHK106',
  name: 'overwritten-field',
  *find({ searches, textOf }) {
    for (const { commands } of searches) {
      for (const [index, command] of commands.entries()) {
        if (command.kind !== 'RenameCommand') continue;
        for (const { from, to, span } of plainRenames(command)) {
          const maker = commands.slice(0, index).findLastIndex((earlier) => madeBy(earlier).has(to.name));
          const between = commands.slice(maker + 1, index);
          if (maker === -1 || between.some((other) => reads(other, to.name))) continue;
          const made = textOf(commands[maker]?.span ?? span).split(/\s/)[0] ?? '';
          yield {
            span,
            message: `${to.name}, which ${made} made before and nothing has read since, is replaced by ${from.name}; where ${from.name} is missing, ${to.name} is too.`,
          };
        }
      }
    }
  },
};

const METADATA = new Set(['host', 'source', 'sourcetype', 'index', 'cluster', '_time', '_raw']);

export const OVERWRITTEN_METADATA: Lint = {
  code: 'CHK107',
  name: 'overwritten-metadata',
  *find({ scans }) {
    for (const { search } of scans) {
      for (const command of search.commands) {
        if (replacesRows(command)) break;
        if (command.kind !== 'RenameCommand') continue;
        for (const { from, to, span } of plainRenames(command)) {
          if (!METADATA.has(to.name)) continue;
          yield {
            span,
            message: `${to.name} is the event's own; it is replaced by ${from.name}, also where ${from.name} is missing.`,
          };
        }
      }
    }
  },
};

export const NOT_EQUAL_ON_VALUES: Lint = {
  code: 'CHK108',
  name: 'not-equal-on-several-values',
  *find({ searches }) {
    for (const { commands } of searches) {
      const several = new Set<string>();
      for (const command of commands) {
        if (command.kind === 'SearchCommand') {
          for (const node of termsOf(command)) {
            if (node.kind !== 'SearchComparison') continue;
            const { field, operator, value } = node;
            if (operator !== '!=' || !(several.has(field.name) || field.name.endsWith('{}'))) continue;
            yield {
              span: node.span,
              message: `${field.name} may hold several values, and this is true as soon as one of them differs from "${value.text}". For none of them: NOT ${field.name}="${value.text}".`,
            };
          }
        }
        if (replacesRows(command)) several.clear();
        for (const { function: name, output } of aggregationsOf(command)) {
          if (name === 'values' || name === 'list') several.add(output.name);
        }
      }
    }
  },
};

const statistics = ['avg', 'mean', 'min', 'max', 'sum', 'stdev', 'median', 'count', 'dc'];

export const MISNAMED_STATISTIC: Lint = {
  code: 'CHK109',
  name: 'misnamed-statistic',
  *find({ search }) {
    for (const node of nodesOf(search)) {
      for (const { function: name, output, span } of aggregationsOf(node)) {
        const named = /^([a-z]+)_/.exec(output.name)?.[1];
        if (named === undefined || named === name || !statistics.includes(named) || !statistics.includes(name))
          continue;
        if ([named, name].every((word) => word === 'avg' || word === 'mean')) continue;
        yield { span, message: `${output.name} is called a ${named} and is computed by ${name}.` };
      }
    }
  },
};

export const SAME_OPERANDS: Lint = {
  code: 'CHK110',
  name: 'same-on-both-sides',
  *find({ search, textOf }) {
    for (const node of nodesOf(search)) {
      if (node.kind !== 'Binary' || !('left' in node) || !('right' in node) || !('operator' in node)) continue;
      const { left, right } = node as { readonly left: AstNode; readonly right: AstNode };
      const isSame =
        isReference(left) &&
        isReference(right) &&
        left.name === right.name &&
        ['/', '-', '=', '!='].includes(String(node.operator));
      if (isSame) yield { span: node.span, message: `${textOf(node.span)} has the same field on both sides.` };
    }
  },
};

function isReference(node: AstNode): node is AstNode & { readonly name: string } {
  return node.kind === 'FieldReference' && 'name' in node;
}

function plainRenames(command: RenameCommand): readonly { from: FieldName; to: FieldName; span: Span }[] {
  return command.renames.filter(({ from, to }) => !to.name.includes('*') && from.name !== to.name);
}

/** Commands behind which the events' own fields are gone. */
function replacesRows(command: Command): boolean {
  return ['StatsCommand', 'TopCommand', 'TableCommand', 'ChartCommand', 'TimechartCommand'].includes(command.kind);
}

function aggregationsOf(node: AstNode): readonly Aggregation[] {
  return 'aggregations' in node && Array.isArray(node.aggregations)
    ? (node.aggregations as readonly Aggregation[])
    : [];
}

/** Fields that the command makes anew under names that stand in its text. */
function madeBy(command: Command): ReadonlySet<string> {
  switch (command.kind) {
    case 'RexCommand':
      return new Set(capturedBy(command));
    case 'EvalCommand':
      return new Set(command.assignments.map(({ field }) => field.name));
    default:
      return new Set();
  }
}

/** Whether the command reads the field; one that is not known here counts as reading it. */
function reads(command: Command, name: string): boolean {
  switch (command.kind) {
    case 'RexCommand':
      return command.field.name === name;
    case 'RenameCommand':
      return command.renames.some(({ from }) => from.name === name || from.name.includes('*'));
    case 'EvalCommand':
      return command.assignments.some(({ value }) => [...nodesOf(value)].some((node) => isFieldNamed(node, name)));
    case 'SearchCommand':
    case 'WhereCommand':
      return [...nodesOf(command)].some((node) => isFieldNamed(node, name));
    default:
      return true;
  }
}
