const NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

/** The short name of an OTLP severityNumber (logs data model): 9 is INFO, 10 INFO2; outside 1 to 24 it is empty. */
export function severityText(severityNumber: number): string {
  const name = NAMES[Math.floor((severityNumber - 1) / 4)];
  if (name === undefined) return '';
  const step = (severityNumber - 1) % 4;
  return step === 0 ? name : `${name}${step + 1}`;
}
