/**
 * Things in a search that its author probably did not mean. Each lint claims only what the text shows; the search runs
 * as written all the same. docs/check.md explains every code, and a test proves each.
 */
import type { Aggregation, Command, FieldName, RenameCommand, SearchExpression } from '../../spl/ast.ts';
import type { Span } from '../../spl/source.ts';
import { type AstNode, capturedBy, nodesOf, type Outline } from './outline.ts';
import type { Suspicion } from './report.ts';

/** What was found, at a place in the expanded text. */
interface Found {
  readonly span: Span;
  readonly message: string;
}

interface Lint {
  readonly code: string;
  readonly name: string;
  find(outline: Outline): Iterable<Found>;
}

const BARE_WORD: Lint = {
  code: 'CHK102',
  name: 'bare-word-after-or',
  *find({ search }) {
    for (const node of termsOf(search)) {
      if (node.kind !== 'SearchOr') continue;
      const compared = node.operands.find((operand) => operand.kind === 'SearchComparison' && operand.operator === '=');
      if (compared?.kind !== 'SearchComparison') continue;
      for (const operand of node.operands.slice(node.operands.indexOf(compared) + 1)) {
        if (operand.kind !== 'SearchKeyword' || /\s/.test(operand.text)) continue;
        const { name } = compared.field;
        const values = `${compared.value.text}, ${operand.text}`;
        yield {
          span: operand.span,
          message: `"${operand.text}" stands alone: it is looked for anywhere in the event and is no second value of ${name}. For that, write ${name} IN (${values}).`,
        };
      }
    }
  },
};

/** Names that Kubernetes itself gives, behind "system:". */
const systemNames =
  /^system\.(?:anonymous|unauthenticated|authenticated|masters|nodes?|serviceaccounts?|kube-[a-z-]+|apiserver|admin)\b/i;

const DOT_FOR_COLON: Lint = {
  code: 'CHK103',
  name: 'dot-for-colon',
  *find({ search }) {
    for (const { field, text, span } of comparedTexts(search)) {
      if (!systemNames.test(text)) continue;
      const meant = text.replace(/^system\./i, 'system:');
      yield { span, message: `${field}="${text}": Kubernetes spells this name with a colon, "${meant}".` };
    }
  },
};

/** Fields of one cloud's envelope, and the datasets that have them. */
const envelopes: readonly { readonly of: string; readonly pattern: RegExp; readonly datasets: readonly string[] }[] = [
  { of: 'AKS', pattern: /^(?:category$|properties\.(?:log|pod|stream)\b)/, datasets: ['aks'] },
  { of: 'GKE', pattern: /^data\.protoPayload\./, datasets: ['gke'] },
];

const FOREIGN_FIELD: Lint = {
  code: 'CHK104',
  name: 'field-of-another-cloud',
  *find({ scans }) {
    for (const scan of scans) {
      for (const { of, pattern, datasets } of envelopes) {
        if (datasets.includes(scan.dataset) || !['kube_audit', 'eks', 'aks', 'gke'].includes(scan.dataset)) continue;
        for (const name of scan.fields.filter((field) => pattern.test(field))) {
          const span = [...nodesOf(scan.search)].find((node) => isFieldNamed(node, name))?.span ?? scan.first.span;
          yield {
            span,
            message: `${name} is a field of ${of}'s envelope, but the search reads the dataset ${scan.dataset}.`,
          };
        }
      }
    }
  },
};

const REPEATED_VALUE: Lint = {
  code: 'CHK105',
  name: 'repeated-value',
  *find({ search }) {
    for (const node of termsOf(search)) {
      if (node.kind !== 'SearchIn') continue;
      const seen = new Set<string>();
      for (const { text, span } of node.values) {
        const key = text.toLowerCase();
        if (seen.has(key)) yield { span, message: `"${text}" stands twice in the list of ${node.field.name}.` };
        seen.add(key);
      }
    }
  },
};

const OVERWRITTEN_FIELD: Lint = {
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

const OVERWRITTEN_METADATA: Lint = {
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

const NOT_EQUAL_ON_VALUES: Lint = {
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

const MISNAMED_STATISTIC: Lint = {
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

const SAME_OPERANDS: Lint = {
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

export const lints: readonly Lint[] = [
  BARE_WORD,
  DOT_FOR_COLON,
  FOREIGN_FIELD,
  REPEATED_VALUE,
  OVERWRITTEN_FIELD,
  OVERWRITTEN_METADATA,
  NOT_EQUAL_ON_VALUES,
  MISNAMED_STATISTIC,
  SAME_OPERANDS,
];

/** Suspicions of one search, in the order of the text. */
export function lint(outline: Outline): readonly Suspicion[] {
  const found = lints.flatMap(({ code, name, find }) =>
    [...find(outline)].map(({ span, message }) => ({
      code,
      name,
      message,
      place: outline.placeOf(span),
      at: span.start,
    })),
  );
  return found.sort((a, b) => a.at - b.at).map(({ at, ...suspicion }) => suspicion);
}

/** `field=text`, `field!=text` and the members of `field IN (…)`, in searches. */
function* comparedTexts(search: AstNode): Generator<{ field: string; text: string; span: Span }> {
  for (const node of termsOf(search)) {
    if (node.kind === 'SearchComparison') yield { field: node.field.name, text: node.value.text, span: node.span };
    if (node.kind === 'SearchIn') {
      for (const { text, span } of node.values) yield { field: node.field.name, text, span };
    }
  }
}

/** Every term of every search expression, outermost first. */
function* termsOf(node: AstNode): Generator<SearchExpression> {
  for (const inner of nodesOf(node)) if (isTerm(inner)) yield inner;
}

const termKinds: ReadonlySet<string> = new Set<SearchExpression['kind']>([
  'SearchAnd',
  'SearchOr',
  'SearchNot',
  'SearchComparison',
  'SearchIn',
  'SearchKeyword',
  'SearchTime',
  'SearchDataset',
]);

function isTerm(node: AstNode): node is SearchExpression {
  return termKinds.has(node.kind);
}

function isReference(node: AstNode): node is AstNode & { readonly name: string } {
  return node.kind === 'FieldReference' && 'name' in node;
}

function isFieldNamed(node: AstNode, name: string): boolean {
  return ['FieldName', 'FieldReference'].includes(node.kind) && 'name' in node && node.name === name;
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
