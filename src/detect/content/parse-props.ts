/** Settings of `props.conf` that make fields at search time. Other settings (line breaking, times) are about indexing. */
import type { FieldSetting } from '../detection.ts';
import type { ConfSetting, ConfStanza } from './conf-file.ts';

const kinds: readonly (readonly [RegExp, FieldSetting['kind'], (setting: ConfSetting) => readonly string[]])[] = [
  [
    /^FIELDALIAS-/,
    'alias',
    ({ value }) =>
      [...value.matchAll(/\bAS(?:NEW)?\s+(?:"([^"]+)"|(\S+))/gi)].map((match) => match[1] ?? match[2] ?? ''),
  ],
  [/^EVAL-/, 'eval', ({ key }) => [key.slice('EVAL-'.length)]],
  [
    /^EXTRACT-/,
    'extract',
    ({ value }) => [...value.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)].map((match) => match[1] ?? ''),
  ],
  [/^REPORT-/, 'report', () => []],
  [/^LOOKUP-/, 'lookup', ({ value }) => outputsOf(value)],
];

/** `transforms`: the stanzas of the app's transforms.conf, which REPORT- names. */
export function parseFieldSettings(
  stanza: ConfStanza,
  transforms: FieldSetting['transforms'] = new Map(),
): readonly FieldSetting[] {
  return [...stanza.settings.values()].flatMap((setting) => {
    const found = kinds.find(([pattern]) => pattern.test(setting.key));
    if (found === undefined) return [];
    const [, kind, makes] = found;
    const { key, value, file, line } = setting;
    return [{ stanza: stanza.name, kind, key, text: value, makes: makes(setting), transforms, file, line }];
  });
}

/** `table a AS b OUTPUT c AS d, e`: d and e. Without OUTPUT the table decides. */
function outputsOf(value: string): readonly string[] {
  const outputs = /\bOUTPUT(?:NEW)?\s+(.*)$/is.exec(value)?.[1];
  if (outputs === undefined) return [];
  return [...outputs.matchAll(/("[^"]+"|[^\s,]+)(?:\s+AS\s+("[^"]+"|[^\s,]+))?/gi)].map((match) =>
    (match[2] ?? match[1] ?? '').replace(/^"|"$/g, ''),
  );
}
