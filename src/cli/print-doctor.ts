/** The doctor's report for people: read from the top, worst first; every symptom with what to do. */
import type { DoctorReport, SourceOfEvents, Symptom } from '../service/doctor/ask-doctor.ts';
import { printable } from './format/index.ts';
import { wrap } from './wrap.ts';

const WIDTH = 100;
const INDENT = 9;
/** Sources that are shown; JSON has them all. */
const MOST_SOURCES = 30;

export function printDoctor({ checkedAt, symptoms, sources, ...totals }: DoctorReport): string {
  const { problems, warnings } = totals;
  const counted = [
    `${problems === 0 ? 'No' : problems} ${problems === 1 ? 'problem' : 'problems'}`,
    `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
  ];
  return [`${counted.join(', ')} (${checkedAt})\n\n`, ...symptoms.map(printSymptom), printSources(sources)].join('');
}

function printSymptom({ severity, subject, finding, advice, sample }: Symptom): string {
  const label = (severity === 'note' ? severity : severity.toUpperCase()).padEnd(INDENT);
  const lines = [`${label}${subject}: ${finding}`, `${' '.repeat(INDENT)}→ ${advice}`];
  if (sample !== undefined) lines.push(`${' '.repeat(INDENT)}e.g. ${sample}`);
  return `${lines.map((line) => wrap(printable(line), INDENT, WIDTH)).join('')}\n`;
}

function printSources(sources: readonly SourceOfEvents[]): string {
  if (sources.length === 0) return '';
  const header = ['cluster', 'table', 'sourcetype', 'source', 'events', 'last arrival', 'lag', 'lag 95 %'];
  const rows = sources
    .slice(0, MOST_SOURCES)
    .map((source) => [
      source.cluster || '-',
      source.table,
      source.sourcetype || '-',
      source.source || '-',
      source.events.toLocaleString('en'),
      source.lastArrival,
      seconds(source.lagMedianSeconds),
      seconds(source.lag95Seconds),
    ]);
  const widths = header.map((name, index) => Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)));
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, index) => printable(cell).padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rest = sources.length - rows.length;
  if (rest > 0) lines.push(`and ${rest} more; --format json has them.`);
  return `${lines.join('\n')}\n`;
}

function seconds(value: number | null): string {
  return value === null ? '-' : `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
}
