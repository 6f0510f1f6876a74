/**
 * One `.conf` file by Splunk's rules, with the place of every setting.
 *
 *   # comment            only at the beginning of a line
 *   [stanza]             settings before the first stanza belong to [default]
 *   key = value          everything behind the first "=", blanks around it trimmed; "#" and "=" may stand in it
 *   key = first \        a backslash at the very end of a line goes on in the next, which is taken as it is
 *
 * A stanza that comes twice is one stanza; of a key that comes twice the last one counts.
 */
import type { TextOrigin } from '../detection.ts';

export interface ConfSetting {
  readonly key: string;
  /** Lines that a backslash joined are joined by a newline. */
  readonly value: string;
  readonly file: string;
  /** 1-based line of the key. */
  readonly line: number;
  /** Where the value begins. */
  readonly origin: TextOrigin;
}

export interface ConfStanza {
  readonly name: string;
  readonly file: string;
  /** 1-based line of the first header of that name. */
  readonly line: number;
  readonly settings: ReadonlyMap<string, ConfSetting>;
}

export interface ConfFile {
  readonly file: string;
  /** In the order of the file. */
  readonly stanzas: ReadonlyMap<string, ConfStanza>;
  /** Lines that are neither a comment, a stanza nor a setting; Splunk passes over them too. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const defaultStanza = 'default';

export function parseConf(file: string, text: string): ConfFile {
  const stanzas = new Map<string, { name: string; file: string; line: number; settings: Map<string, ConfSetting> }>();
  const problems: { line: number; message: string }[] = [];
  const stanzaOf = (name: string, line: number) => {
    const known = stanzas.get(name);
    if (known !== undefined) return known;
    const made = { name, file, line, settings: new Map<string, ConfSetting>() };
    stanzas.set(name, made);
    return made;
  };
  let current = defaultStanza;
  for (const { line, text: logical } of logicalLines(text)) {
    const trimmed = logical.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (trimmed.startsWith('[')) {
      const close = trimmed.lastIndexOf(']');
      if (close === -1) {
        problems.push({ line, message: `stanza: expected a closing "]", found "${shorten(trimmed)}".` });
        continue;
      }
      current = trimmed.slice(1, close).trim();
      stanzaOf(current, line);
      continue;
    }
    const equals = logical.indexOf('=');
    const key = logical.slice(0, Math.max(equals, 0)).trim();
    if (key === '') {
      problems.push({ line, message: `line: expected key = value, found "${shorten(trimmed)}".` });
      continue;
    }
    const rest = logical.slice(equals + 1);
    const before = logical.slice(0, equals + 1) + rest.slice(0, rest.length - rest.trimStart().length);
    const origin = { ...placeBehind(before, line), indent: 0 };
    stanzaOf(current, line).settings.set(key, { key, value: rest.trim(), file, line, origin });
  }
  return { file, stanzas, problems };
}

/** The place right behind a text that begins at the start of a line. */
function placeBehind(text: string, line: number): { readonly line: number; readonly column: number } {
  const lines = text.split('\n');
  return { line: line + lines.length - 1, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** Lines with their continuations; comments go on in no line. */
function* logicalLines(text: string): Generator<{ readonly line: number; readonly text: string }> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    let whole = lines[index] ?? '';
    if (!whole.trimStart().startsWith('#')) {
      while (whole.endsWith('\\') && index + 1 < lines.length) {
        index += 1;
        whole = `${whole.slice(0, -1)}\n${lines[index] ?? ''}`;
      }
    }
    yield { line, text: whole };
  }
}

/**
 * Files laid over one another, later over earlier, key by key (`default/` under `local/`). What stands in [default]
 * counts in every stanza that does not say otherwise; [default] itself is left out.
 */
export function layerConf(files: readonly ConfFile[]): ReadonlyMap<string, ConfStanza> {
  const layered = new Map<string, ConfStanza>();
  for (const { stanzas } of files) {
    for (const [name, stanza] of stanzas) {
      const below = layered.get(name);
      const settings = new Map([...(below?.settings ?? []), ...stanza.settings]);
      layered.set(name, { ...(below ?? stanza), settings });
    }
  }
  const defaults = layered.get(defaultStanza)?.settings ?? new Map<string, ConfSetting>();
  layered.delete(defaultStanza);
  return new Map(
    [...layered].map(([name, stanza]) => [name, { ...stanza, settings: new Map([...defaults, ...stanza.settings]) }]),
  );
}

/** Splunk's words for true; anything else, and nothing, is false. */
export function isTrue(stanza: ConfStanza, key: string): boolean {
  return /^(?:1|t|true|y|yes|enabled?)$/i.test(stanza.settings.get(key)?.value ?? '');
}

/** The value, or null where the key is missing or has no value. */
export function settingText(stanza: ConfStanza, key: string): string | null {
  const value = stanza.settings.get(key)?.value ?? '';
  return value === '' ? null : value;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
