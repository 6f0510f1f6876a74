/** Everything that detections are made of, from files: searches, macros, schedules, lookup definitions. */
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type FieldRule, type FieldRuleSource, readFieldRules } from '../../spl/index.ts';
import type {
  ContentProblem,
  Detection,
  FieldSetting,
  Lookup,
  LookupDefinition,
  Macro,
  Schedule,
} from '../detection.ts';
import { findContent, findLookups } from './find-content.ts';
import { type LoadApp, loadApp } from './load-app.ts';
import { parseDetection } from './parse-detection.ts';
import { lookupOfCsv, parseLookupFile } from './parse-lookups.ts';
import { macroKey, parseDeployment, parseMacro, parseUserMacros } from './parse-macros.ts';
import { readLookup } from './read-lookup.ts';
import { runsOnSchedule } from './runs-on-schedule.ts';
import { defaultSchedules } from './schedule-of-file.ts';
import { ContentError, readYamlFile, type YamlFile } from './yaml-file.ts';

export interface ContentSettings {
  /** Files, folders, Splunk apps, checkouts of splunk/security_content. */
  readonly paths: readonly string[];
  /** The user's macros, which override the content's; null: none. */
  readonly macros: string | null;
  /** Folder with the user's lookups, which override the content's; null: none. It need not be there. */
  readonly lookups: string | null;
  /** Of one YAML file. */
  readonly maxFileBytes: number;
  /** Of one `.conf` file: an app holds all its searches in one. */
  readonly maxConfBytes: number;
  readonly maxFiles: number;
  /** Of one lookup's CSV file. */
  readonly maxLookupBytes: number;
}

export const defaultContentSettings: ContentSettings = {
  paths: ['config/detections'],
  macros: 'config/macros.yaml',
  lookups: 'config/lookups',
  maxFileBytes: 1_048_576,
  maxConfBytes: 67_108_864,
  maxFiles: 20_000,
  maxLookupBytes: 67_108_864,
};

export interface Content {
  /** In the order of the paths, then of the file names. Names and view names are unique. */
  readonly detections: readonly Detection[];
  /** Investigations, and baselines that fill no lookup: searches of the content that Pintail does not run on a schedule. */
  readonly unscheduled: readonly Detection[];
  /** By `macroKey`: `kube_audit`, `security_content_ctime(1)`. */
  readonly macros: ReadonlyMap<string, Macro>;
  /** By name. */
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** What props.conf makes of events, for the searches of this content. */
  readonly fieldRules: readonly FieldRule[];
  /** What props.conf would make of events and is not applied; `notes` says why. */
  readonly fieldSettings: readonly FieldSetting[];
  /** What was left out because it cannot be taken, each with the reason. */
  readonly problems: readonly ContentProblem[];
  /** What was left out by its author's or user's wish, and settings that have no effect here. */
  readonly notes: readonly ContentProblem[];
}

/**
 * Loads all of it. What cannot be taken disables itself and is listed in `problems`; the rest loads. Of two searches
 * with the same name or view name the later one is disabled.
 */
export async function loadContent(settings: Partial<ContentSettings> = {}): Promise<Content> {
  const loader = new ContentLoader({ ...defaultContentSettings, ...settings });
  return loader.load();
}

class ContentLoader {
  readonly #settings: ContentSettings;
  readonly #problems: ContentProblem[] = [];
  readonly #notes: ContentProblem[] = [];
  readonly #macros = new Map<string, Macro>();
  readonly #lookups = new Map<string, LookupDefinition>();
  readonly #fieldSettings: FieldSetting[] = [];
  readonly #detections: Detection[] = [];
  readonly #unscheduled: Detection[] = [];
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
        for (const macro of parseUserMacros(yaml)) this.#addUserMacro(macro);
      });
    }
    const { lookups } = this.#settings;
    if (lookups !== null) await this.#guarded(lookups, () => this.#loadLookups(lookups));
    const tables = await this.#readLookups();
    const fieldRules = this.#readFieldRules(tables);
    return {
      detections: this.#detections,
      unscheduled: this.#unscheduled,
      macros: this.#macros,
      lookups: tables,
      ...fieldRules,
      problems: this.#problems,
      notes: this.#notes,
    };
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
    for (const file of files.macros) await this.#loadFile(file, (yaml) => this.#addMacro(parseMacro(yaml)));
    for (const file of files.lookups) await this.#loadFile(file, (yaml) => this.#addLookup(parseLookupFile(yaml)));
    for (const file of files.detections) await this.#loadFile(file, (yaml) => this.#addByKeys(yaml, schedules));
    if (files.app !== null) await loadApp(files.app, this.#settings.maxConfBytes, this.#appTarget());
  }

  #appTarget(): LoadApp {
    return {
      guarded: (file, work) => this.#guarded(file, work),
      addProblem: (problem) => this.#problems.push(problem),
      addNote: (note) => this.#notes.push(note),
      addMacro: (macro) => this.#addMacro(macro),
      addLookup: (lookup) => this.#addLookup(lookup),
      addFieldSetting: (setting) => this.#fieldSettings.push(setting),
      addSearch: (detection, line) => this.#addSearch(detection, line),
    };
  }

  #addByKeys(yaml: YamlFile, schedules: Readonly<Record<string, Schedule>>): void {
    const isSearch = yaml.keys.has('search');
    if (yaml.keys.has('definition') && !isSearch) this.#addMacro(parseMacro(yaml));
    else if (['filename', 'collection', 'lookup_type'].some((key) => yaml.keys.has(key)) && !isSearch) {
      this.#addLookup(parseLookupFile(yaml));
    } else this.#addSearch(parseDetection(yaml, schedules), yaml.lineAt(['name']));
  }

  #addMacro(macro: Macro): void {
    this.#macros.set(macroKey(macro), macro);
  }

  /** The user's file comes before everything; that it hides what a user wrote elsewhere is worth a word. */
  #addUserMacro(macro: Macro): void {
    const key = macroKey(macro);
    const hidden = this.#macros.get(key);
    if (hidden !== undefined && basename(dirname(hidden.file)) === 'local' && hidden.definition !== macro.definition) {
      const message = `[${key}] is not applied: the macro of that name in ${macro.file} comes before it.`;
      this.#notes.push({ file: hidden.file, line: null, message });
    }
    this.#addMacro(macro);
  }

  #addLookup(lookup: LookupDefinition): void {
    const { source } = lookup;
    if (source.kind === 'csv' && !existsSync(source.path)) {
      throw new ContentError(`${lookup.name}: expected its file ${source.path}, found nothing there.`, lookup.line);
    }
    this.#lookups.set(lookup.name, lookup);
  }

  /** Definitions as in the content; a CSV file that none of them names is a lookup of its own. */
  async #loadLookups(folder: string): Promise<void> {
    const { definitions, tables } = await findLookups(folder, this.#settings.maxFiles);
    const problems = this.#problems.length;
    for (const file of definitions) await this.#loadFile(file, (yaml) => this.#addLookup(parseLookupFile(yaml)));
    const named = new Set([...this.#lookups.values()].map(({ source }) => source.kind === 'csv' && source.path));
    for (const file of tables.filter((path) => !named.has(path))) {
      if (this.#problems.length === problems) {
        this.#addLookup(lookupOfCsv(file));
        continue;
      }
      // It may belong to the definition that failed: its rows would match in another way than its author meant.
      const message = 'It is no lookup of its own while a definition in its folder cannot be taken.';
      this.#notes.push({ file, line: null, message });
    }
  }

  #readFieldRules(lookups: Content['lookups']): Pick<Content, 'fieldRules' | 'fieldSettings'> {
    const settings = new Map(this.#fieldSettings.map((setting) => [toSource(setting), setting]));
    const { rules, refused } = readFieldRules([...settings.keys()], lookups);
    const left = refused.flatMap(({ source, reason }) => {
      const setting = settings.get(source);
      if (setting === undefined) return [];
      const { file, line, stanza } = setting;
      this.#notes.push({ file, line, message: `[${stanza}] ${setting.key} is not applied: ${reason}` });
      return [setting];
    });
    return { fieldRules: rules, fieldSettings: left };
  }

  async #readLookups(): Promise<ReadonlyMap<string, Lookup>> {
    const lookups = new Map<string, Lookup>();
    const tables = new Map<string, string>();
    for (const definition of this.#lookups.values()) {
      await this.#guarded(definition.file, async () => {
        const lookup = await readLookup(definition, this.#settings.maxLookupBytes);
        const other = tables.get(lookup.table);
        if (other !== undefined) {
          throw new ContentError(
            `${definition.name}: expected a name of its own, found one whose table ${lookup.table} belongs to ${other}.`,
            definition.line,
          );
        }
        tables.set(lookup.table, definition.name);
        lookups.set(definition.name, lookup);
      });
    }
    return lookups;
  }

  #addSearch(detection: Detection, line: number): void {
    const earlier = this.#seen.get(detection.slug);
    if (earlier?.file === detection.file && earlier.searchName === detection.searchName) return;
    if (earlier !== undefined) {
      throw new ContentError(
        `name: expected a name of its own, found "${detection.name}", whose view "${detection.slug}" belongs to ${earlier.file}.`,
        line,
      );
    }
    this.#seen.set(detection.slug, detection);
    if (runsOnSchedule(detection)) {
      this.#detections.push(detection);
      return;
    }
    this.#unscheduled.push(detection);
    const kind = detection.type === 'Baseline' ? 'a baseline that fills no lookup' : 'an investigation';
    this.#notes.push({
      file: detection.file,
      line,
      message: `${detection.name} is ${kind}: it is checked and compiled, but not run on a schedule.`,
    });
  }

  async #loadFile(file: string, use: (yaml: YamlFile) => void): Promise<void> {
    await this.#guarded(file, async () => use(await readYamlFile(file, this.#settings.maxFileBytes)));
  }

  /** Turns what is wrong with one file or path into a problem. Our own bugs are not caught. */
  async #guarded(file: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error: unknown) {
      if (error instanceof ContentError) this.#problems.push(problemOf(error, file));
      else if (isSystemError(error)) this.#problems.push({ file, line: null, message: describe(error) });
      else throw error;
    }
  }
}

function toSource({ stanza, key, text, transforms, file, line }: FieldSetting): FieldRuleSource {
  return { stanza, key, text, transforms, place: `${file}:${line}` };
}

function problemOf(error: ContentError, file: string): ContentProblem {
  return { file: error.file ?? file, line: error.line, message: error.message };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}

function describe(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'file: expected to exist, found nothing there.';
  if (error.code === 'EACCES') return 'file: expected to be readable, found no permission.';
  return `file: ${error.message}.`;
}
