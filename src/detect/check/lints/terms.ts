/** Lints of the terms of a search expression. */
import type { Span } from '../../../spl/source.ts';
import { type AstNode, nodesOf } from '../outline.ts';
import { isFieldNamed, type Lint, termsOf } from './lint.ts';

export const BARE_WORD: Lint = {
  code: 'CHK102',
  name: 'bare-word-after-or',
  *find({ search }) {
    for (const node of termsOf(search)) {
      if (node.kind !== 'SearchOr') continue;
      const compared = node.operands.find((operand) => operand.kind === 'SearchComparison' && operand.operator === '=');
      if (compared?.kind !== 'SearchComparison') continue;
      for (const operand of node.operands.slice(node.operands.indexOf(compared) + 1)) {
        if (operand.kind !== 'SearchKeyword' || /\s|^\*+$/.test(operand.text)) continue;
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

export const DOT_FOR_COLON: Lint = {
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

/** Fields of one cloud's envelope, and the datasets whose events have no such fields. */
const envelopes: readonly { readonly of: string; readonly pattern: RegExp; readonly absentFrom: readonly string[] }[] =
  [
    // An audit event of `kube_audit` may carry an attribute of that name.
    { of: 'AKS', pattern: /^category$/, absentFrom: ['eks', 'gke'] },
    { of: 'AKS', pattern: /^properties\.(?:log|pod|stream)\b/, absentFrom: ['kube_audit', 'eks', 'gke'] },
    { of: 'GKE', pattern: /^data\.protoPayload\./, absentFrom: ['kube_audit', 'eks', 'aks'] },
  ];

export const FOREIGN_FIELD: Lint = {
  code: 'CHK104',
  name: 'field-of-another-cloud',
  *find({ scans }) {
    for (const scan of scans) {
      for (const { of, pattern, absentFrom } of envelopes) {
        if (!absentFrom.includes(scan.dataset)) continue;
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

export const REPEATED_VALUE: Lint = {
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

/** `field=text`, `field!=text` and the members of `field IN (…)`, in searches. */
function* comparedTexts(search: AstNode): Generator<{ field: string; text: string; span: Span }> {
  for (const node of termsOf(search)) {
    if (node.kind === 'SearchComparison') yield { field: node.field.name, text: node.value.text, span: node.span };
    if (node.kind === 'SearchIn') {
      for (const { text, span } of node.values) yield { field: node.field.name, text, span };
    }
  }
}
