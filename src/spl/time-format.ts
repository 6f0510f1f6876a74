/** SPL's time formats to DuckDB's. Times are UTC, so zones are written as such. */
import { SplError } from './diagnostics.ts';
import { binary, call, type Expression, number, text, when } from './expression.ts';
import type { Span } from './source.ts';

/** Specifiers whose text or meaning differs; those in SAME do not. */
const SAME = 'aAbBdHIjmMpSUwWyY%';
const WRITTEN = `${SAME}GuV`;
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
  '3Q': '%g',
  '6Q': '%f',
  Q: '%g',
};

/** Nanoseconds are written from the microseconds that a time has: DuckDB's %n of such a time writes six digits and what stands in memory behind them. */
const WRITTEN_ALONE: Readonly<Record<string, string>> = {
  N: '%f000',
  '9N': '%f000',
  '9Q': '%f000',
  z: '+0000',
  ':z': '+00:00',
  Z: 'UTC',
};
const READ_ALONE: Readonly<Record<string, string>> = { N: '%n', '9N': '%n', '9Q': '%n' };

/** What is written in two places with a blank in front. */
const PADDED: Readonly<Record<string, string>> = { e: '%-d', k: '%-H', l: '%-I' };
const SUPPORTED =
  '%Y %m %d %H %M %S %y %b %B %a %A %I %p %j %U %W %w %T %F %D %R %3N %6N %9N %Q %z %Z; to write also %e %k %l %s %u %V %G %c.';

/** Epoch seconds as text. */
export function writtenTime(seconds: Expression, format: string, span: Span): Expression {
  refuseNothing(format, span);
  const whole = format.replace(/%[\s\S]/g, (found) => (found === '%c' ? '%a %b %e %H:%M:%S %Y' : found));
  const parts = whole.match(/%[ekls]|(?:%(?![ekls])[\s\S]|[^%]|%$)+/g) ?? [''];
  return parts.map((part) => writtenPart(seconds, part, span)).reduce((made, part) => binary('||', made, part));
}

function writtenPart(seconds: Expression, part: string, span: Span): Expression {
  if (part === '%s') return call('spl_number_text', call('floor', seconds));
  const padded = /^%[ekl]$/.test(part) ? PADDED[part.slice(1)] : undefined;
  const format = padded ?? translate(part, WRITTEN, WRITTEN_ALONE, span);
  const written = call('spl_strftime', seconds, text(format));
  return padded === undefined ? written : call('lpad', written, number(2), text(' '));
}

/** Text as epoch seconds, null where something is left over behind the format. */
export function readTime(written: Expression, format: string, span: Span): Expression {
  refuseNothing(format, span);
  if (format === '%s') return when(call('regexp_matches', written, text('^[0-9]{1,12}$')), call('spl_number', written));
  const [before = '', behind, ...others] = splitAtZones(format).map((part) => translate(part, SAME, READ_ALONE, span));
  if (behind === undefined) return call('spl_strptime', written, text(before));
  if (others.length === 0) return call('spl_strptime_zone', written, text(before), text(behind));
  throw new SplError(
    'SPL314',
    `time format: expected one time zone to read, found ${others.length + 1}.`,
    span,
    'Write the others as the text that they are.',
  );
}

function splitAtZones(format: string): readonly string[] {
  const parts = [''];
  for (const [piece] of format.matchAll(/%:?[\s\S]|[\s\S]/gu)) {
    if (/^%:?z$|^%Z$/.test(piece)) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

function refuseNothing(format: string, span: Span): void {
  if (format === '') throw new SplError('SPL314', 'time format: expected a specifier, found nothing.', span);
}

function translate(format: string, same: string, alone: Readonly<Record<string, string>>, span: Span): string {
  return format.replace(/%(\d?[NQ]|:z|[\s\S]|$)/g, (whole, specifier: string) => {
    if (specifier !== '' && same.includes(specifier)) return whole;
    const translated = alone[specifier] ?? TRANSLATED[specifier];
    if (translated !== undefined) return translated;
    throw new SplError(
      'SPL314',
      `time format: expected a specifier that is supported, found "${whole}".`,
      span,
      `Supported: ${SUPPORTED}`,
    );
  });
}
