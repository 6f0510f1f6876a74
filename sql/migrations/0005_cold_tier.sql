-- Days of events that went to Parquet files.
--
-- cold_file names every file that the views kube_audit and logs read beside their table. The files of one day and one
-- table are written once and never changed; a later one may follow for rows that were loaded late. Paths are relative to
-- the directory of the tier. earliest and latest bound the event times, both inclusive. column_count is how many columns
-- the file has: those that came later are null in it.
create table cold_file (
  dataset varchar not null check (dataset in ('kube_audit', 'logs')),
  arrival_day date not null,
  path varchar not null,
  bytes bigint not null,
  row_count bigint not null,
  earliest timestamp not null,
  latest timestamp not null,
  column_count integer not null
);

-- Rows that are in files already and still in the table, until they are deleted there: those that arrived before a time
-- and were loaded up to a commit. The views leave them out.
create table cold_move (
  dataset varchar not null check (dataset in ('kube_audit', 'logs')),
  arrived_before timestamp not null,
  commit_seq bigint not null
);

-- store_id begins the name of every file that this database writes: what stands beside them is somebody else's.
create table cold_tier (
  store_id uuid not null,
  directory varchar
);
insert into cold_tier values (gen_random_uuid(), null);
