/** A Splunk app's `.conf` files: macros, lookups, field settings, saved searches; `local/` over `default/`. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ContentProblem, Detection, FieldSetting, LookupDefinition, Macro } from '../detection.ts';
import { type ConfStanza, layerConf, parseConf } from './conf-file.ts';
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
  const eachStanza = async (files: readonly string[], use: (stanza: ConfStanza) => void): Promise<void> => {
    for (const stanza of (await readLayers(files, maxBytes, target)).values()) {
      await target.guarded(stanza.file, () => use(stanza));
    }
  };
  await eachStanza(app.macros, (stanza) => target.addMacro(parseMacroStanza(stanza)));
  await eachStanza(app.transforms, (stanza) => {
    const lookup = parseLookupStanza(stanza, app.folder);
    if (lookup !== null) target.addLookup(lookup);
  });
  await eachStanza(app.props, (stanza) => {
    for (const setting of parseFieldSettings(stanza)) {
      target.addFieldSetting(setting);
      const message = `[${setting.stanza}] ${setting.key} is not applied: fields of props.conf are not supported.`;
      target.addNote({ file: setting.file, line: setting.line, message });
    }
  });
  await eachStanza(app.savedSearches, (stanza) => {
    const found = parseSavedSearch(stanza, (file) => basename(dirname(file)) === 'local');
    if (found.kind === 'left out') {
      target.addNote(found.note);
      return;
    }
    target.addSearch(found.detection, stanza.line);
    for (const note of found.notes) target.addNote(note);
  });
}

async function readLayers(
  files: readonly string[],
  maxBytes: number,
  target: LoadApp,
): Promise<ReadonlyMap<string, ConfStanza>> {
  const layers: ReturnType<typeof parseConf>[] = [];
  for (const file of files) {
    await target.guarded(file, async () => {
      const { size } = await stat(file);
      if (size > maxBytes) throw new ContentError(`file: expected at most ${maxBytes} bytes, found ${size}.`, null);
      const parsed = parseConf(file, await readFile(file, 'utf8'));
      for (const { line, message } of parsed.problems) target.addProblem({ file, line, message });
      layers.push(parsed);
    });
  }
  return layerConf(layers);
}
