-- What a schedule was for, so that a detection that is renamed goes on where it stood, and the windows that one that is
-- gone still owed can be named.
--
-- detection_id: the detection's own id, which stays the same under another name. cron, earliest and latest: its schedule at
-- the last start that had it. All four are null where no start has had the detection since they came.
-- gone_since: the first start without the detection; null while it is there.
alter table detection_schedule add column detection_id varchar;
alter table detection_schedule add column cron varchar;
alter table detection_schedule add column earliest varchar;
alter table detection_schedule add column latest varchar;
alter table detection_schedule add column gone_since timestamp;
