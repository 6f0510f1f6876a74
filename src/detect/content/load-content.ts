/** Everything that detections are made of, from files: detections, macros, schedules. */
import type { ContentProblem, Detection, Macro, Schedule } from '../detection.ts';
import { findContent } from './find-content.ts';
import { defaultSchedules, parseDetection } from './parse-detection.ts';
import { macroKey, parseDeployment, parseMacro, parseUserMacros } from './parse-macros.ts';
import { ContentError, readYamlFile, type YamlFile } from './yaml-file.ts';

export interface ContentSettings {
  /** Files, folders, checkouts of splunk/security_content. */
  readonly paths: readonly string[];
  /** The user's macros, which override the content's; null: none. */
  readonly macros: string | null;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
}

export const defaultContentSettings: ContentSettings = {
  paths: ['config/detections'],
  macros: 'config/macros.yaml',
  maxFileBytes: 1_048_576,
  maxFiles: 20_000,
};

export interface Content {
  /** In the order of the paths, then of the file names. Names and view names are unique. */
  readonly detections: readonly Detection[];
  /** By `macroKey`: `kube_audit`, `security_content_ctime(1)`. */
  readonly macros: ReadonlyMap<string, Macro>;
  /** Files that were left out, each with the reason. */
  readonly problems: readonly ContentProblem[];
}

/**
 * Loads all of it. A file that cannot be taken disables itself and is listed in `problems`; the rest loads. Of two
 * detections with the same name or view name the later one is disabled.
 */
export async function loadContent(settings: Partial<ContentSettings> = {}): Promise<Content> {
  const loader = new ContentLoader({ ...defaultContentSettings, ...settings });
  return loader.load();
}

class ContentLoader {
  readonly #settings: ContentSettings;
  readonly #problems: ContentProblem[] = [];
  readonly #macros = new Map<string, Macro>();
  readonly #detections: Detection[] = [];
  readonly #seen = new Map<string, Detection>();

  constructor(settings: ContentSettings) {
    this.#settings = settings;
  }

  async load(): Promise<Content> {
    for (const path of this.#settings.paths) {
      await this.#guarded(path, () => this.#loadPath(path));
    }
    const { macros } = this.#settings;
    if (macros !== null) {
      await this.#loadFile(macros, (yaml) => {
        for (const macro of parseUserMacros(yaml)) this.#macros.set(macroKey(macro), macro);
      });
    }
    return { detections: this.#detections, macros: this.#macros, problems: this.#problems };
  }

  async #loadPath(path: string): Promise<void> {
    const files = await findContent(path, this.#settings.maxFiles);
    const schedules: Record<string, Schedule> = { ...defaultSchedules };
    for (const file of files.deployments) {
      await this.#loadFile(file, (yaml) => {
        const { type, schedule } = parseDeployment(yaml);
        schedules[type] = schedule;
      });
    }
    for (const file of files.macros) await this.#loadFile(file, (yaml) => this.#addMacro(yaml));
    for (const file of files.detections) {
      await this.#loadFile(file, (yaml) => {
        if (yaml.keys.has('definition') && !yaml.keys.has('search')) this.#addMacro(yaml);
        else this.#addDetection(yaml, schedules);
      });
    }
  }

  #addMacro(yaml: YamlFile): void {
    const macro = parseMacro(yaml);
    this.#macros.set(macroKey(macro), macro);
  }

  #addDetection(yaml: YamlFile, schedules: Readonly<Record<string, Schedule>>): void {
    const detection = parseDetection(yaml, schedules);
    const earlier = this.#seen.get(detection.slug);
    if (earlier?.file === detection.file) return;
    if (earlier !== undefined) {
      throw new ContentError(
        `name: expected a name of its own, found "${detection.name}", whose view "${detection.slug}" belongs to ${earlier.file}.`,
        yaml.lineAt(['name']),
      );
    }
    this.#seen.set(detection.slug, detection);
    this.#detections.push(detection);
  }

  async #loadFile(file: string, use: (yaml: YamlFile) => void): Promise<void> {
    await this.#guarded(file, async () => use(await readYamlFile(file, this.#settings.maxFileBytes)));
  }

  /** Turns what is wrong with one file or path into a problem. Our own bugs are not caught. */
  async #guarded(file: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error: unknown) {
      if (error instanceof ContentError) this.#problems.push({ file, line: error.line, message: error.message });
      else if (isSystemError(error)) this.#problems.push({ file, line: null, message: describe(error) });
      else throw error;
    }
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}

function describe(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'file: expected to exist, found nothing there.';
  if (error.code === 'EACCES') return 'file: expected to be readable, found no permission.';
  return `file: ${error.message}.`;
}
