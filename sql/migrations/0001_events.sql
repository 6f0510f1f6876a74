-- Events as they came: audit events in kube_audit, everything else in logs.
--
-- Columns are spelled as the audit API spells them, so that one path works in JSON, SPL and SQL.
-- _raw is the text that Splunk would have had; event is the audit event's own JSON where an envelope
-- made the two differ. Paths without a typed column are read from coalesce(event, _raw).
-- requestReceivedTimestamp and stageTimestamp are times here; SPL reads their original text from the event.
-- identity is 128 bits over (cluster, auditID, stage, text): a copy changes nothing. auditID alone is the
-- client's to choose, so it never decides.
-- _raw is compressed with zstd: a quarter of what DuckDB would choose for it by itself.
-- commit_seq is the load transaction that added the row: the watermark a detection run compares.

create table kube_audit (
  _time timestamp not null,
  _indextime timestamp not null,
  cluster varchar,
  "auditID" varchar,
  stage varchar,
  level varchar,
  verb varchar,
  "requestURI" varchar,
  "userAgent" varchar,
  "user" struct(username varchar, uid varchar, groups varchar[]),
  "impersonatedUser" struct(username varchar, uid varchar, groups varchar[]),
  "sourceIPs" varchar[],
  "objectRef" struct(
    resource varchar, namespace varchar, name varchar, uid varchar,
    "apiGroup" varchar, "apiVersion" varchar, "resourceVersion" varchar, subresource varchar
  ),
  "responseStatus" struct(status varchar, message varchar, reason varchar, code bigint),
  "requestReceivedTimestamp" timestamp,
  "stageTimestamp" timestamp,
  annotations map(varchar, varchar),
  "index" varchar,
  source varchar,
  sourcetype varchar,
  host varchar,
  cloud varchar,
  resource json,
  attributes json,
  _raw varchar not null using compression zstd,
  event varchar,
  identity uuid not null,
  commit_seq bigint not null
);

create table logs (
  _time timestamp not null,
  _indextime timestamp not null,
  cluster varchar,
  "index" varchar,
  source varchar,
  sourcetype varchar,
  host varchar,
  severity_number integer,
  severity_text varchar,
  event_name varchar,
  unreadable varchar,
  resource json,
  attributes json,
  _raw varchar not null using compression zstd,
  identity uuid not null,
  commit_seq bigint not null
);

-- One row per load transaction. last_segment is the newest spool segment it took: segments are loaded in
-- order, so everything up to it is in the tables and may be removed from the spool.
create table load_commit (
  commit_seq bigint not null,
  loaded_at timestamp not null,
  last_segment bigint not null,
  audit_rows bigint not null,
  log_rows bigint not null,
  duplicate_rows bigint not null,
  minutes bigint[] not null
);

-- Identities of events without a time of their own: two copies of one may be hours apart, so they are found
-- here. Bounded; the oldest go first.
create table recent_identity (
  identity uuid not null,
  commit_seq bigint not null
);
