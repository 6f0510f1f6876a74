/** Every detection once over recorded files: for incident response and for CI. */
import type { SplunkMetadata, SqlStream, TimeWindow } from '../component.ts';
import { type CompiledDetection, installLookups, type Lookup } from '../detect/index.ts';
import { spreadColumns } from '../format/index.ts';
import { compileContent, printProblem } from './content.ts';
import { type NamedWindow, resolveWindow } from './time-window.ts';
import { type LoadProgress, type LoadTotals, openWorkbench, type Workbench } from './workbench.ts';

export interface ScanRequest {
  readonly files: readonly string[];
  /** Files and folders of detections; undefined is what ships. */
  readonly detectionPaths?: readonly string[] | undefined;
  /** Names or view names; undefined is all. */
  readonly detectionNames?: readonly string[] | undefined;
  /** Undefined are the shipped ones. */
  readonly macros?: string | undefined;
  readonly lookups?: string | undefined;
  readonly database?: string | undefined;
  /** As of WorkbenchOptions. */
  readonly geoDatabase?: string | undefined;
  readonly metadata: SplunkMetadata;
  readonly cluster?: string | undefined;
  readonly window: NamedWindow;
  readonly strictSplunk: boolean;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told where the content has parts that are not used here, which `check` names, and of `onShipped` of a ContentRequest. */
  readonly onNote?: (message: string) => void;
  /** What was left out and why: content, records, detections that failed. */
  readonly onProblem: (message: string) => void;
}

export interface Scan {
  readonly totals: LoadTotals;
  readonly detections: readonly CompiledDetection[];
  /** Hands over what one detection finds; rejects where DuckDB or the geo database fails. */
  run(detection: CompiledDetection, consume: (found: SqlStream) => Promise<void>): Promise<void>;
}

/**
 * Loads the files and hands `work` the detections that compile. What does not compile or cannot be read is told to
 * `onProblem` and does not stop the rest. Times count from the newest event. Rejects with UnknownDetectionError where a
 * name is not among the detections.
 */
export async function scanFiles(request: ScanRequest, work: (scan: Scan) => Promise<void>): Promise<void> {
  const { detections, lookups } = await chooseDetections(request);
  const workbench = await openWorkbench({ database: request.database, geoDatabase: request.geoDatabase });
  try {
    const totals = await workbench.load(request.files, request);
    await installLookups(workbench.database, lookups);
    const window = resolveWindow(request.window, await workbench.newestTime());
    await work({ totals, detections, run: (detection, consume) => run(workbench, window, detection, consume) });
  } finally {
    await workbench.close();
  }
}

export class UnknownDetectionError extends Error {
  override readonly name = 'UnknownDetectionError';
}

interface Chosen {
  readonly detections: readonly CompiledDetection[];
  /** Those that the detections read. */
  readonly lookups: readonly Lookup[];
}

async function chooseDetections(request: ScanRequest): Promise<Chosen> {
  const { content, detections } = await compileContent(
    {
      paths: request.detectionPaths,
      macros: request.macros,
      lookups: request.lookups,
      strictSplunk: request.strictSplunk,
      onShipped: request.onNote,
    },
    'session',
  );
  for (const problem of content.problems) request.onProblem(printProblem(problem));
  const { length: notes } = content.notes;
  if (notes > 0) request.onNote?.(`The content has ${notes} parts that are not used here; pintail check names them.`);
  if (content.detections.length === 0 && content.problems.length === 0) {
    request.onProblem(`scan: expected detections in ${(request.detectionPaths ?? []).join(', ')}, found none.`);
  }
  const names = request.detectionNames;
  const isNamed = ({ name, slug }: { readonly name: string; readonly slug: string }, wanted: string) =>
    name === wanted || slug === wanted;
  const unknown = names?.find((wanted) => !detections.some(({ detection }) => isNamed(detection, wanted)));
  if (unknown !== undefined) {
    const known = detections.map(({ detection }) => detection.slug).join(', ');
    throw new UnknownDetectionError(`--detection: expected one of ${known || '(none loaded)'}, found "${unknown}".`);
  }
  const searches = detections.filter(({ detection }) => detection.type !== 'Baseline');
  const chosen = searches.filter(
    ({ detection }) => names === undefined || names.some((wanted) => isNamed(detection, wanted)),
  );
  for (const compiled of chosen) if (!compiled.ok) request.onProblem(compiled.error);
  const compiled = chosen.filter((entry) => entry.ok);
  const tables = new Set(compiled.flatMap(({ lookupTables }) => lookupTables));
  return { detections: compiled, lookups: [...content.lookups.values()].filter(({ table }) => tables.has(table)) };
}

async function run(
  workbench: Workbench,
  window: TimeWindow,
  { sql, spread }: CompiledDetection,
  consume: (found: SqlStream) => Promise<void>,
): Promise<void> {
  await workbench.database.read({ share: 'detection', window }, async (connection) => {
    await consume(await spreadColumns(await connection.stream(sql), spread ?? undefined));
  });
}
