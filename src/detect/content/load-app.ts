/** A Splunk app's `.conf` files: macros, lookups, field settings, saved searches; `local/` over `default/`. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ContentProblem, Detection, FieldSetting, LookupDefinition, Macro } from '../detection.ts';
import { type ConfFile, type ConfStanza, layerConf, parseConf } from './conf-file.ts';
import type { AppFiles } from './find-content.ts';
import { parseLookupStanza } from './parse-lookups.ts';
import { parseMacroStanza } from './parse-macros.ts';
import { parseFieldSettings } from './parse-props.ts';
import { parseSavedSearch } from './parse-saved-search.ts';
import { ContentError } from './yaml-file.ts';

/** Where what was found goes. */
export interface LoadApp {
  /** Makes a problem of what is wrong with one thing, so that the rest loads. */
  guarded(file: string, work: () => void | Promise<void>): Promise<void>;
  addProblem(problem: ContentProblem): void;
  addNote(note: ContentProblem): void;
  addMacro(macro: Macro): void;
  addLookup(lookup: LookupDefinition): void;
  addFieldSetting(setting: FieldSetting): void;
  addSearch(detection: Detection, line: number): void;
}

export async function loadApp(app: AppFiles, maxBytes: number, target: LoadApp): Promise<void> {
  const read = (files: readonly string[]): Promise<readonly ConfFile[]> => readLayers(files, maxBytes, target);
  const eachStanza = async (layers: readonly ConfFile[], use: (stanza: ConfStanza) => void): Promise<void> => {
    for (const stanza of layerConf(layers).values()) {
      await target.guarded(stanza.file, () => use(stanza));
    }
  };
  await eachStanza(await read(app.macros), (stanza) => target.addMacro(parseMacroStanza(stanza)));
  const transforms = new Map<string, ReadonlyMap<string, string>>();
  await eachStanza(await read(app.transforms), (stanza) => {
    transforms.set(stanza.name, new Map([...stanza.settings.values()].map(({ key, value }) => [key, value])));
    const lookup = parseLookupStanza(stanza, app.folder);
    if (lookup !== null) target.addLookup(lookup);
  });
  const props = await read(app.props);
  await eachStanza(props, (stanza) => {
    for (const setting of parseFieldSettings(stanza, transforms)) target.addFieldSetting(setting);
  });
  noteDefaults(props, target);
  await eachStanza(await read(app.savedSearches), (stanza) => {
    const found = parseSavedSearch(stanza, (file) => basename(dirname(file)) === 'local');
    if (found.kind === 'left out') {
      target.addNote(found.note);
      return;
    }
    target.addSearch(found.detection, stanza.line);
    for (const note of found.notes) target.addNote(note);
  });
}

/** Fields of [default] are made of the events of the stanzas that are there. */
function noteDefaults(layers: readonly ConfFile[], target: LoadApp): void {
  for (const { stanzas } of layers) {
    const stanza = stanzas.get('default');
    for (const { key, file, line } of stanza === undefined ? [] : parseFieldSettings(stanza)) {
      const message = `[default] ${key} is not applied to events that no other stanza names.`;
      target.addNote({ file, line, message });
    }
  }
}

async function readLayers(files: readonly string[], maxBytes: number, target: LoadApp): Promise<readonly ConfFile[]> {
  const layers: ConfFile[] = [];
  for (const file of files) {
    await target.guarded(file, async () => {
      const { size } = await stat(file);
      if (size > maxBytes) throw new ContentError(`file: expected at most ${maxBytes} bytes, found ${size}.`, null);
      const parsed = parseConf(file, await readFile(file, 'utf8'));
      for (const { line, message } of parsed.problems) target.addProblem({ file, line, message });
      layers.push(parsed);
    });
  }
  return layers;
}
