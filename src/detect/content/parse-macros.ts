/** Macro and deployment files. */
import type { Macro, Schedule } from '../detection.ts';
import { type ConfStanza, isTrue, settingText } from './conf-file.ts';
import { deploymentSchema, macroSchema, macrosSchema } from './detection-schema.ts';
import { checkSchedule, parseWith } from './parse-detection.ts';
import { ContentError, type YamlFile } from './yaml-file.ts';

/** Macro and number of its arguments: two macros of one name may differ in it, as in Splunk. */
export function macroKey(macro: Pick<Macro, 'name' | 'arguments'>): string {
  return macro.arguments.length === 0 ? macro.name : `${macro.name}(${macro.arguments.length})`;
}

/** One file of a checkout's `macros/`. */
export function parseMacro(yaml: YamlFile): Macro {
  const { name, arguments: parameters, definition } = parseWith(macroSchema, yaml);
  return { name, arguments: parameters, definition, file: yaml.file };
}

/** A stanza of `macros.conf`: `name` or `name(2)`. Throws ContentError where it cannot be taken. */
export function parseMacroStanza(stanza: ConfStanza): Macro {
  const { name, count } = splitKey(stanza.name, `[${stanza.name}]`, stanza.line);
  if (isTrue(stanza, 'iseval')) {
    throw new ContentError(
      `[${stanza.name}] iseval: expected a macro whose definition is SPL, found one that computes it, which is not supported.`,
      stanza.settings.get('iseval')?.line ?? stanza.line,
      { file: stanza.settings.get('iseval')?.file ?? stanza.file },
    );
  }
  const parameters = (settingText(stanza, 'args') ?? '').split(',').flatMap((part) => part.trim() || []);
  if (parameters.length !== count) {
    throw new ContentError(
      `[${stanza.name}] args: expected ${count} argument names, found ${parameters.length}.`,
      stanza.settings.get('args')?.line ?? stanza.line,
      { file: stanza.settings.get('args')?.file ?? stanza.file },
    );
  }
  const definition = stanza.settings.get('definition');
  return { name, arguments: parameters, definition: definition?.value ?? '', file: definition?.file ?? stanza.file };
}

/** `name(2)` to its name and number of arguments. */
function splitKey(key: string, thing: string, line: number): { readonly name: string; readonly count: number } {
  const match = /^([A-Za-z0-9_.:-]+)(?:\((\d+)\))?$/.exec(key);
  if (match?.[1] === undefined) {
    throw new ContentError(`${thing}: expected a name such as kube_audit or name(1), found "${key}".`, line);
  }
  return { name: match[1], count: Number(match[2] ?? 0) };
}

/** The user's macros file; `name(2)` as a key says how many arguments the macro takes. */
export function parseUserMacros(yaml: YamlFile): readonly Macro[] {
  const { macros } = parseWith(macrosSchema, yaml);
  return Object.entries(macros).map(([key, { arguments: parameters, definition }]) => {
    const { name, count } = splitKey(key, 'macros', lineOf(yaml, key));
    if (count !== parameters.length) {
      throw new ContentError(
        `macros.${key}: expected ${count} argument names, found ${parameters.length}.`,
        lineOf(yaml, key),
      );
    }
    return { name, arguments: parameters, definition, file: yaml.file };
  });
}

/** The schedule that one file of a checkout's `deployments/` gives to detections of a type. */
export function parseDeployment(yaml: YamlFile): { readonly type: string; readonly schedule: Schedule } {
  const { type, scheduling } = parseWith(deploymentSchema, yaml);
  const schedule = {
    cron: scheduling.cron_schedule,
    earliest: scheduling.earliest_time,
    latest: scheduling.latest_time,
  };
  checkSchedule(schedule, yaml, ['scheduling']);
  return { type, schedule };
}

function lineOf(yaml: YamlFile, key: string): number {
  return yaml.lineAt(['macros', key]);
}
