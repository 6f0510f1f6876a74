/**
 * How the two texts of an audit event stand in `kube_audit_hot` (0008_raw_start.sql): written from the columns of the spool
 * (row-fields.ts), read as `_raw` and `event`.
 */

/** Columns of the table that its view does not have. */
export const storedOnly: ReadonlySet<string> = new Set(['raw_start', 'event_length']);

/** The texts, from the table. */
export const readTexts: Readonly<Record<string, string>> = {
  _raw: `case when raw_start is not null then raw_start || "auditID" || _raw
    when event_length is not null then substring(_raw, event_length + 1) else _raw end`,
  event: 'case when event_length is not null then left(_raw, event_length) else event end',
};

/** The columns of the table, from the spool. */
export const writeTexts =
  '"rawStart" as raw_start, case when event is null then _raw else event || _raw end as _raw, length(event) as event_length';
