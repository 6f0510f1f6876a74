/** The order in which a plan's nodes are worked out. */
import { inputsOf, type PlanNode } from './plan.ts';

/** Every node once, inputs first. */
export function inOrder(root: PlanNode): readonly PlanNode[] {
  const found = new Set<PlanNode>();
  const pending: { readonly node: PlanNode; readonly inputsDone: boolean }[] = [{ node: root, inputsDone: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, inputsDone } = next;
    if (found.has(node)) continue;
    if (inputsDone) found.add(node);
    else
      pending.push({ node, inputsDone: true }, ...inputsOf(node).map((input) => ({ node: input, inputsDone: false })));
  }
  return [...found];
}
