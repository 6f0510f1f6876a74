-- What detections did and found.
--
-- Times are UTC. A window is half-open: [window_earliest, window_latest). "detection" is a detection's view name,
-- which stays the same when its text changes; content_hash tells which text ran.

-- One view per detection; the service replaces them at each start.
create schema detection;

-- The window that a detection's view shows where a session sets none: the last scheduled one.
create table detection_window (
  detection varchar primary key,
  earliest timestamp not null,
  latest timestamp not null,
  "now" timestamp not null
);

-- Up to when a detection's scheduled times are in the ledger. Its first row says when the detection was first seen;
-- windows scheduled before that are nobody's.
create table detection_schedule (
  detection varchar primary key,
  known_since timestamp not null,
  scheduled_until timestamp not null
);

-- Load commits up to this one have been compared with the finished windows. One row.
create table late_data_cursor (
  commit_seq bigint not null
);
insert into late_data_cursor values (0);

-- The ledger: a row for every window that was due, whatever became of it.
-- revision counts how often late data re-opened the window. A window that is re-opened after its detection changed
-- gets a row of its own, so what the older text found stays on record.
-- watermark is a load commit whose rows, and those of all before it, the run saw; rows that came later re-open it.
create table detection_run (
  run_id varchar primary key,
  detection varchar not null,
  kind varchar not null check (kind in ('scheduled', 'manual')),
  detection_version varchar not null,
  content_hash varchar not null,
  scheduled_at timestamp not null,
  window_earliest timestamp not null,
  window_latest timestamp not null,
  status varchar not null check (status in ('pending', 'running', 'done', 'failed', 'skipped')),
  revision integer not null,
  attempt integer not null,
  started_at timestamp,
  finished_at timestamp,
  next_attempt_at timestamp,
  duration_ms bigint,
  "rows" bigint,
  -- Risk objects that could not be scored because a result row lacked their field.
  missing_risk_objects bigint,
  watermark bigint,
  error varchar
);

-- Every result row of every detection, also of those that emit nothing. A finding's id is a hash of the detection,
-- the window and the row's BY values, so a repeated run finds the same findings again. Late data may change a
-- finding (revision counts) or take it away (withdrawn).
create table finding (
  finding_id varchar primary key,
  detection varchar not null,
  detection_name varchar not null,
  detection_version varchar not null,
  run_id varchar not null,
  window_earliest timestamp not null,
  window_latest timestamp not null,
  -- The now of the search: the scheduled time.
  found_at timestamp not null,
  -- When a run last wrote this row.
  updated_at timestamp not null,
  status varchar not null check (status in ('active', 'withdrawn')),
  revision integer not null,
  message varchar not null,
  -- The result row: SPL field names, absent fields left out, multivalues as arrays.
  "row" json not null
);

-- Risk events as they left, one per result row and risk object. Splunk's risk index only adds, so rows here are
-- never changed: risk is given once per window and risk object, and stays when the finding is revised or withdrawn.
create table risk_event (
  event_id varchar primary key,
  finding_id varchar not null,
  detection varchar not null,
  run_id varchar not null,
  window_earliest timestamp not null,
  window_latest timestamp not null,
  _time timestamp not null,
  -- Splunk's source and search_name: what risk incidents count as one source.
  source varchar not null,
  risk_object varchar not null,
  risk_object_type varchar not null,
  risk_object_field varchar not null,
  risk_score double not null,
  calculated_risk_score double not null,
  risk_message varchar not null,
  threat_object varchar[] not null,
  threat_object_type varchar[] not null,
  mitre_tactic_id varchar[] not null,
  -- All fields, flat, as the Risk data model names them.
  attributes json not null
);
