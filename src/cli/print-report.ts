/** The report of `check` for people, at most 100 columns wide except for names that are longer. */
import { relative } from 'node:path';
import type { checkFiles } from '../service/check-content.ts';
import { printable } from './format/index.ts';
import { wrap as wrapAt } from './wrap.ts';

export type CheckReport = Awaited<ReturnType<typeof checkFiles>>;

type SearchCheck = CheckReport['searches'][number];
type Totals = CheckReport['totals'];

const wrap = (text: string, indent: number): string => wrapAt(text, indent, 100);

export function printReport(report: CheckReport): string {
  const parts: string[] = [];
  for (const folder of report.folders) {
    parts.push(`${show(folder.folder)}: ${printTotals(folder)}\n`);
    for (const search of report.searches) {
      if (folderOf(search) === folder.folder) parts.push(printSearch(search));
    }
    parts.push('\n');
  }
  for (const { file, line, message } of report.problems)
    parts.push(wrap(`problem  ${place(file, line)}: ${message}`, 9));
  if (report.problems.length > 0) parts.push('\n');
  parts.push(...printNotes(report));
  if (report.refusals.length > 0) {
    parts.push('Refused:\n');
    for (const { reason, searches } of report.refusals)
      parts.push(wrap(`${String(searches).padStart(5)}  ${reason}`, 7));
    parts.push('\n');
  }
  parts.push(`${report.totals.searches} searches: ${printTotals(report.totals)}\n`);
  return parts.join('');
}

function printSearch(search: SearchCheck): string {
  const lines = [`  ${search.compiles ? 'ok     ' : 'refused'}  ${printable(search.name)}\n`];
  const add = (label: string, text: string) =>
    lines.push(wrap(`           ${label.padEnd(10)} ${printable(text)}`, 22));
  for (const { code, message, help, place: at } of search.refusals) {
    add('why', `${code} ${message}${help === null ? '' : ` ${help}`} (${place(at.file, at.line, at.column)})`);
  }
  for (const { dataset, fields, extracted, everything } of search.reads) {
    const names = fields.filter((name) => !name.startsWith('_'));
    if (names.length > 0 || everything) {
      add('reads', `${dataset}: ${[...names, ...(everything ? ['(every field)'] : [])].join(', ')}`);
    }
    if (extracted.length > 0) add('extracts', extracted.join(', '));
  }
  if (search.inputs.length > 0) add('asks for', search.inputs.map((name) => `$${name}$`).join(', '));
  for (const { code, message, place: at } of [...search.warnings, ...search.suspicions]) {
    add('suspicious', `${code} ${message} (${at.line}:${at.column})`);
  }
  const { data } = search;
  if (data !== null) {
    const found = data.matching === null ? '' : `, ${data.matching} found by its first expression`;
    add('data', `${data.events} events${found}`);
    if (data.unmet.length > 0) add('none has', data.unmet.join('; '));
    for (const [severity, reason] of reasonsOf(data.gaps)) add(severity, reason);
    if (data.strict.kind === 'different') {
      const { rows, strictRows } = data.strict;
      add(
        'strict',
        `${rows} rows, but ${rows === strictRows ? 'with other values' : strictRows} under --strict-splunk`,
      );
    } else if (data.strict.kind === 'unknown') add('strict', `not compared: ${data.strict.reason}`);
  }
  return lines.join('');
}

/** Fields that are missing in the same events stand in one line. */
function reasonsOf(gaps: NonNullable<SearchCheck['data']>['gaps']): readonly (readonly [string, string])[] {
  const byText = Map.groupBy(gaps, ({ severity, field, reason }) => {
    return JSON.stringify([severity, field === null ? reason : reason.replace(`reads ${field}, `, 'reads …, ')]);
  });
  return [...byText.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const fields = same.flatMap(({ field }) => field ?? []);
    const reason =
      fields.length < 2
        ? first.reason
        : first.reason
            .replace(`reads ${first.field}, `, `reads ${fields.join(', ')}, `)
            .replace(/has it\.$/, 'has them.');
    return [[first.severity, reason] as const];
  });
}

/** A content app has thousands of them: one line each kind of thing, with how often. */
function printNotes({ notes }: CheckReport): readonly string[] {
  if (notes.length === 0) return [];
  const shown = notes
    .slice(0, 20)
    .map(({ file, line, message }) => wrap(`note     ${place(file, line)}: ${message}`, 9));
  const rest = notes.length - shown.length;
  return [...shown, ...(rest > 0 ? [`         and ${rest} more; --format json has them all.\n`] : []), '\n'];
}

function printTotals({ compile, refused, suspicious, blind, strictDiffers }: Totals): string {
  return [
    `${compile} compile`,
    `${refused} refused`,
    `${suspicious} suspicious`,
    ...(blind === null ? [] : [`${blind} blind on this data`]),
    ...(strictDiffers === null ? [] : [`${strictDiffers} differ under --strict-splunk`]),
  ].join(', ');
}

function folderOf({ file }: SearchCheck): string {
  return file.replace(/[\\/][^\\/]*$/, '');
}

function place(file: string, line: number | null, column?: number): string {
  return [show(file), ...(line === null ? [] : [line]), ...(column === undefined ? [] : [column])].join(':');
}

/** Relative to the working directory where that is shorter. */
function show(path: string): string {
  const short = relative('.', path);
  return printable(short !== '' && short.length < path.length ? short : path);
}
