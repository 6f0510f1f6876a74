/** SPL's time formats to DuckDB's. Times are UTC, so zones are written as such. */
import { SplError } from './diagnostics.ts';
import type { Span } from './source.ts';

/** Specifiers whose text or meaning differs; those in SAME do not. */
const SAME = 'aAbBdHIjmMpSUwWyY%';
const TRANSLATED: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  h: '%b',
  f: '%f',
  n: '\n',
  t: '\t',
  '3N': '%g',
  '6N': '%f',
  '9N': '%n',
  N: '%n',
  '3Q': '%g',
  '6Q': '%f',
  '9Q': '%n',
  Q: '%g',
};

const WRITTEN_ZONES: Readonly<Record<string, string>> = { z: '+0000', ':z': '+00:00', Z: 'UTC' };
const READ_ZONES: Readonly<Record<string, string>> = { z: '%z', ':z': '%z', Z: '%Z' };

export function strftimeFormat(format: string, span: Span): string {
  return translate(format, WRITTEN_ZONES, span);
}

export function strptimeFormat(format: string, span: Span): string {
  return translate(format, READ_ZONES, span);
}

function translate(format: string, zones: Readonly<Record<string, string>>, span: Span): string {
  return format.replace(/%(\d?[NQ]|:z|[\s\S]|$)/g, (whole, specifier: string) => {
    if (specifier !== '' && SAME.includes(specifier)) return whole;
    const translated = zones[specifier] ?? TRANSLATED[specifier];
    if (translated !== undefined) return translated;
    throw new SplError(
      'SPL314',
      `time format: expected a specifier that is supported, found "${whole}".`,
      span,
      'Supported: %Y %m %d %H %M %S %y %b %B %a %A %I %p %j %U %W %w %T %F %D %R %3N %6N %9N %Q %z %Z.',
    );
  });
}
