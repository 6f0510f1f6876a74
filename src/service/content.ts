/** Detections and macros from files, compiled. */
import {
  type CompiledDetection,
  type Content,
  type ContentProblem,
  compileDetection,
  type Detection,
  loadContent,
  type UncompiledDetection,
} from '../detect/index.ts';
import type { SplLimits } from '../spl/index.ts';
import { findShipped } from './package-files.ts';

export interface ContentRequest {
  /** Files and folders; undefined is the shipped `config/detections`. */
  readonly paths?: readonly string[] | undefined;
  /** The user's macros; undefined is the shipped `config/macros.yaml`. */
  readonly macros?: string | undefined;
  /** The folder of the user's lookups; undefined is the shipped `config/lookups`. */
  readonly lookups?: string | undefined;
  /** Values of the `$name$` in investigations. */
  readonly tokens?: ReadonlyMap<string, string> | undefined;
  readonly strictSplunk: boolean;
  /**
   * Told of a path above that names a default, is not there, and for which the shipped one is taken. Left out: such a
   * path is missing like any other.
   */
  readonly onShipped?: ((message: string) => void) | undefined;
  readonly maxFileBytes?: number;
  readonly maxConfBytes?: number;
  readonly maxFiles?: number;
  readonly maxLookupBytes?: number;
  /** What a search may cost the compiler; its defaults where left out. */
  readonly limits?: Partial<SplLimits>;
}

export interface CompiledContent {
  readonly content: Content;
  readonly detections: readonly (CompiledDetection | UncompiledDetection)[];
  /** Baselines and investigations, which run on no schedule. */
  readonly unscheduled: readonly (CompiledDetection | UncompiledDetection)[];
}

const SHIPPED_DETECTIONS = 'config/detections';
const SHIPPED_MACROS = 'config/macros.yaml';
const SHIPPED_LOOKUPS = 'config/lookups';

/** Loads without compiling. Files that cannot be taken are in `problems`. */
export async function loadDetections(request: Omit<ContentRequest, 'strictSplunk' | 'limits'>): Promise<Content> {
  const { onShipped } = request;
  return loadContent({
    paths: (request.paths ?? [undefined]).map((path) => findShipped(path, SHIPPED_DETECTIONS, onShipped)),
    macros: findShipped(request.macros, SHIPPED_MACROS, onShipped),
    lookups: findShipped(request.lookups, SHIPPED_LOOKUPS, onShipped),
    ...(request.maxFileBytes !== undefined && { maxFileBytes: request.maxFileBytes }),
    ...(request.maxConfBytes !== undefined && { maxConfBytes: request.maxConfBytes }),
    ...(request.maxFiles !== undefined && { maxFiles: request.maxFiles }),
    ...(request.maxLookupBytes !== undefined && { maxLookupBytes: request.maxLookupBytes }),
  });
}

/** `window`: what the SQL falls back to where a session sets no window (see `WindowBinding`). */
export async function compileContent(
  request: ContentRequest,
  window: 'session' | 'detection',
): Promise<CompiledContent> {
  const content = await loadDetections(request);
  const { macros, lookups, fieldRules } = content;
  const { strictSplunk, tokens, limits } = request;
  const options = { macros, lookups, fieldRules, tokens, strictSplunk, window, limits };
  const compileAll = (searches: readonly Detection[]) =>
    searches.map((detection) => compileDetection(detection, options));
  return { content, detections: compileAll(content.detections), unscheduled: compileAll(content.unscheduled) };
}

/** `file:line: message`, as editors understand it. */
export function printProblem(problem: ContentProblem): string {
  return `${problem.file}${problem.line === null ? '' : `:${problem.line}`}: ${problem.message}`;
}
