-- The texts of audit events in less room; src/store/event-texts.ts puts them together again, for the view kube_audit.
--
-- raw_start: the auditID, random digits that nothing makes shorter, stands in a column of its own already, so it is left
-- out of _raw. The text is raw_start, "auditID", _raw, one behind the other. raw_start is nearly always the same. Null where
-- the text stands whole in _raw.
-- event_length: the event of an envelope stands before the envelope in _raw, where zstd finds one in the other. That many
-- characters of _raw are the event, the others the text. The column event is null then.
-- Both are null in rows that were stored before. A database that held rows then may keep zstd for the column event, at four
-- bytes a row.
alter table kube_audit add column raw_start varchar;
alter table kube_audit add column event_length integer;
