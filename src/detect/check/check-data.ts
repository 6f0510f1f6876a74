/** Whether the events at hand can feed a search at all, and if not, why. */
import type { SearchExpression } from '../../spl/ast.ts';
import { type CompileDetectionOptions, type CompiledDetection, compileDetection } from '../run/compile-detection.ts';
import { type ClusterEvents, canAskAbout, type EventFacts } from './event-facts.ts';
import { bindsRows, conjunctsOf, type Outline, type ScanOutline } from './outline.ts';
import type { DataCheck, DataGap, StrictDifference } from './report.ts';

/** Every event has them, or they are about the record and not the event. */
const everywhere = new Set(['_time', '_indextime', '_raw', 'index', 'source', 'sourcetype', 'host', 'cluster']);

/** Datasets whose events are audit events themselves, with a level. */
const auditDatasets = new Set(['kube_audit', 'eks']);

export async function checkData(
  compiled: CompiledDetection,
  outline: Outline,
  facts: EventFacts,
  options: CompileDetectionOptions,
): Promise<DataCheck> {
  const gaps: DataGap[] = [];
  let events = 0;
  let blind = outline.scans.length > 0;
  for (const scan of outline.scans) {
    const found = await checkScan(scan, facts);
    gaps.push(...found.gaps);
    events += found.events;
    blind &&= found.blind;
  }
  if (compiled.usesIpLocation) {
    const reason = await facts.whyNoLocation();
    if (reason !== null) {
      gaps.push({ severity: 'blind', cluster: null, field: null, reason });
      blind = true;
    }
  }
  const matching = await countMatching(outline, facts);
  return {
    events,
    matching,
    unmet: matching === 0 && events > 0 ? await unmetTerms(outline, facts) : [],
    blind,
    gaps,
    strict: await compareStrict(compiled, facts, options),
  };
}

export async function checkScan(
  scan: ScanOutline,
  facts: EventFacts,
): Promise<{ readonly events: number; readonly blind: boolean; readonly gaps: readonly DataGap[] }> {
  const fields = scan.fields.filter(
    (name) => !everywhere.has(name) && !name.includes('*') && canAskAbout(scan.scope, name),
  );
  const clusters = await facts.clusters(scan.scope, fields);
  const events = clusters.reduce((sum, cluster) => sum + cluster.events, 0);
  if (events === 0) {
    const reason = `There is no event of ${scan.scope || 'any kind'}.`;
    return { events, blind: true, gaps: [{ severity: 'blind', cluster: null, field: null, reason }] };
  }
  const gaps: DataGap[] = [];
  let blindClusters = 0;
  for (const cluster of clusters) {
    const found = [...(await gapsOfFields(scan, cluster, fields, facts)), ...(await gapsOfVerbs(scan, cluster, facts))];
    if (found.some(({ severity }) => severity === 'blind')) blindClusters += 1;
    gaps.push(...found);
  }
  return { events, blind: blindClusters === clusters.length, gaps };
}

async function gapsOfFields(
  scan: ScanOutline,
  cluster: ClusterEvents,
  fields: readonly string[],
  facts: EventFacts,
): Promise<readonly DataGap[]> {
  const absent = new Set(fields.filter((name) => !cluster.present.has(name)));
  const required = new Set(
    requiredTerms(scan)
      .filter((term) => isImpossible(term, absent))
      .flatMap((term) => fieldsOf(term).filter((name) => absent.has(name))),
  );
  const gaps = new Map<string, DataGap>();
  for (const field of absent) {
    const byLevel = await whyByLevel(scan, cluster.cluster, field, facts);
    const name = byLevel === null ? field : rootOf(field);
    const severity = !required.has(field) ? 'empty' : byLevel === null ? 'absent' : 'blind';
    const reason = byLevel ?? `reads ${field}, but no event ${ofCluster(cluster.cluster)} has it.`;
    if (gaps.get(name)?.severity !== 'blind')
      gaps.set(name, { severity, cluster: cluster.cluster, field: name, reason });
  }
  return [...gaps.values()];
}

/** Null where the audit level does not explain that the field is absent. */
async function whyByLevel(
  scan: ScanOutline,
  cluster: string,
  field: string,
  facts: EventFacts,
): Promise<string | null> {
  const root = rootOf(field);
  if (!auditDatasets.has(scan.dataset) || !['requestObject', 'responseObject'].includes(root)) return null;
  const levels = [...((await facts.valuesByCluster(scan.scope, 'level')).get(cluster)?.keys() ?? [])];
  if (levels.length > 0 && levels.every((level) => level === 'Metadata')) {
    return `reads ${root}, but every event ${ofCluster(cluster)} is at level Metadata.`;
  }
  if (
    root === 'responseObject' &&
    levels.length > 0 &&
    levels.every((level) => ['Metadata', 'Request'].includes(level))
  ) {
    return `reads responseObject, but no event ${ofCluster(cluster)} is at level RequestResponse.`;
  }
  return null;
}

/** AKS writes its audit log in two categories; the smaller one has no reads. */
async function gapsOfVerbs(scan: ScanOutline, cluster: ClusterEvents, facts: EventFacts): Promise<readonly DataGap[]> {
  const verbs = requiredValues(scan, 'verb');
  if (verbs.length === 0 || !verbs.every((verb) => verb === 'get' || verb === 'list')) return [];
  const categories = (await facts.valuesByCluster('dataset=aks', 'category')).get(cluster.cluster);
  if (categories === undefined || [...categories.keys()].some((category) => category !== 'kube-audit-admin')) return [];
  const fromAks = [...categories.values()].reduce((sum, count) => sum + count, 0);
  if (fromAks < cluster.events) return [];
  const [resource, ...others] = requiredValues(scan, 'objectRef.resource');
  const what = resource === undefined || others.length > 0 ? '' : `${resource.replace(/s$/, '')} `;
  const plural = verbs.map((verb) => `${verb}s`).join(' and ');
  const reason = `reads ${what}${plural}, but the AKS category kube-audit-admin leaves ${plural} out; every event ${ofCluster(cluster.cluster)} came that way.`;
  return [{ severity: 'blind', cluster: cluster.cluster, field: 'verb', reason }];
}

/** Terms that every event must satisfy before any command changes it. */
function requiredTerms(scan: ScanOutline): readonly SearchExpression[] {
  const terms: SearchExpression[] = [];
  for (const command of scan.search.commands) {
    if (command.kind === 'SearchCommand') terms.push(...conjunctsOf(command.expression));
    else if (command.kind !== 'SpathCommand' && command.kind !== 'IplocationCommand') break;
  }
  return terms.filter((term) => !bindsRows(term));
}

/** Values of which the field must have one; empty where it may have any. */
function requiredValues(scan: ScanOutline, field: string): readonly string[] {
  for (const term of requiredTerms(scan)) {
    const alternatives = term.kind === 'SearchOr' ? term.operands : [term];
    const values = alternatives.map((one) => {
      if (one.kind === 'SearchComparison' && one.operator === '=' && one.field.name === field) return [one.value.text];
      return one.kind === 'SearchIn' && one.field.name === field ? one.values.map(({ text }) => text) : null;
    });
    if (values.every((one) => one !== null) && values.length > 0) {
      return values.flatMap((one) => one ?? []).map((text) => text.toLowerCase());
    }
  }
  return [];
}

/** Whether no event can satisfy the term where none has the fields `absent`. */
function isImpossible(term: SearchExpression, absent: ReadonlySet<string>): boolean {
  switch (term.kind) {
    case 'SearchComparison':
    case 'SearchIn':
      return absent.has(term.field.name);
    case 'SearchAnd':
      return term.operands.some((operand) => isImpossible(operand, absent));
    case 'SearchOr':
      return term.operands.every((operand) => isImpossible(operand, absent));
    default:
      return false;
  }
}

function fieldsOf(term: SearchExpression): readonly string[] {
  if (term.kind === 'SearchComparison' || term.kind === 'SearchIn') return [term.field.name];
  return term.kind === 'SearchAnd' || term.kind === 'SearchOr' ? term.operands.flatMap(fieldsOf) : [];
}

async function countMatching({ scans, textOf }: Outline, facts: EventFacts): Promise<number | null> {
  const [scan] = scans;
  if (scan === undefined || scans.length > 1) return null;
  return facts.count(scan.first.expression === undefined ? '*' : textOf(scan.first.expression.span));
}

async function unmetTerms({ scans, textOf }: Outline, facts: EventFacts): Promise<readonly string[]> {
  const unmet: string[] = [];
  for (const { first, scope } of scans) {
    for (const term of conjunctsOf(first.expression)) {
      if (bindsRows(term) || term.kind === 'SearchTime') continue;
      const text = textOf(term.span);
      if ((await facts.count(`${scope} ${text}`)) === 0) unmet.push(text);
    }
  }
  return unmet;
}

/** Runs the search both ways over all time and compares the rows as a bag. */
async function compareStrict(
  compiled: CompiledDetection,
  facts: EventFacts,
  options: CompileDetectionOptions,
): Promise<StrictDifference> {
  const detection = { ...compiled.detection, strictSplunk: null };
  const [standard, strict] = [false, true].map((strictSplunk) =>
    compileDetection(detection, { ...options, strictSplunk }),
  );
  if (standard?.ok !== true || strict?.ok !== true) {
    return { kind: 'unknown', reason: 'It compiles only in one of the two ways.' };
  }
  if (standard.sql === strict.sql) return { kind: 'same' };
  try {
    const [row] = await facts.sql(compareSql(standard.sql, strict.sql));
    const rows = Number(row?.standard_rows ?? 0);
    const strictRows = Number(row?.strict_rows ?? 0);
    return rows === strictRows && Number(row?.other_rows) === 0
      ? { kind: 'same' }
      : { kind: 'different', rows, strictRows };
  } catch (error: unknown) {
    if (!(error instanceof Error)) throw error;
    return { kind: 'unknown', reason: error.message };
  }
}

function compareSql(standard: string, strict: string): string {
  const rowsOf = (sql: string) => `select cast(to_json(result) as varchar) as found from (\n${sql}\n) as result`;
  return `with standard_result as materialized (${rowsOf(standard)}),
strict_result as materialized (${rowsOf(strict)})
select
  (select count(*) from standard_result) as standard_rows,
  (select count(*) from strict_result) as strict_rows,
  (select count(*) from (select found from standard_result except all select found from strict_result)) as other_rows`;
}

function rootOf(field: string): string {
  return /^[^.{]*/.exec(field)?.[0] ?? field;
}

function ofCluster(cluster: string): string {
  return cluster === '' ? 'that names no cluster' : `of cluster ${cluster}`;
}
