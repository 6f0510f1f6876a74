-- Which keys the objects of a request hold: the last letters, digits, _ and - of each key in requestObject and
-- responseObject and behind them, sorted, each once and between spaces. A search for a field in an object then reads the
-- texts of the events that have such a key, and no others. Null for events without objects, for those that were stored
-- before, and where an escape in the text may hide a key: any of them may have any key.
alter table kube_audit add column object_keys varchar;
