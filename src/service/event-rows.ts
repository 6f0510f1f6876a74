/** The rows of a batch as searches at the door read them. */
import type { AuditRow, LogRow } from '../component.ts';
import type { EventRow } from '../spl/index.ts';

/** The columns that searches read by name are spelled in the row as in the table. */
export function auditEventRow(row: AuditRow): EventRow {
  return { table: 'kube_audit', columns: row as object as EventRow['columns'] };
}

export function logEventRow(row: LogRow): EventRow {
  const { severityNumber, severityText, eventName } = row;
  return {
    table: 'logs',
    columns: { ...row, severity_number: severityNumber, severity_text: severityText, event_name: eventName },
  };
}
