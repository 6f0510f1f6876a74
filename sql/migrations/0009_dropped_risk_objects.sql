-- Risk objects of a run beyond max_risk_events_per_field: they got no risk event. Null in runs from before.
alter table detection_run add column dropped_risk_objects bigint;
