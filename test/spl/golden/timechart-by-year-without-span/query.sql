with search_1 as materialized (
  select epoch(_time) as _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
timechart_2_step as materialized (
  select
    case when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 100 then 1 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 500 then 5 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 1000 then 10 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 3000 then 30 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 6000 then 60 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 30000 then 300 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 60000 then 600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 180000 then 1800 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 360000 then 3600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 8640000 then 86400 else 2592000 end as "step"
  from search_1
),
timechart_2_rows as (
  select
    search_1._time,
    case when timechart_2_step."step" < 2592000 then floor(search_1._time / timechart_2_step."step") * timechart_2_step."step" else epoch(time_bucket(interval 1 month, spl_timestamp(search_1._time), '1970-01-01'::timestamp)) end::bigint as "field"
  from search_1
  left join timechart_2_step on true
),
timechart_2_totals as materialized (
  select "field", count(*) as "count"
  from timechart_2_rows
  where "field" is not null
  group by "field"
),
timechart_2_found as (
  select timechart_2_totals."field", timechart_2_step."step"
  from timechart_2_totals
  left join timechart_2_step on true
),
timechart_2_range as (
  select
    case when min("field") is not null then least(min("field"), case when any_value("step") < 2592000 then floor(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0) / any_value("step")) * any_value("step") else epoch(time_bucket(interval 1 month, spl_timestamp(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0)), '1970-01-01'::timestamp)) end::bigint) end as "first",
    case when min("field") is not null then greatest(max("field"), case when any_value("step") < 2592000 then floor((epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)) - 0.000001) / any_value("step")) * any_value("step") else epoch(time_bucket(interval 1 month, spl_timestamp(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)) - 0.000001), '1970-01-01'::timestamp)) end::bigint) end as "last",
    any_value("step") as "step"
  from timechart_2_found
),
timechart_2_buckets as (
  select
    unnest(case when ("last" - "first") / "step" < 50000 then case when "step" < 2592000 then range("first", "last" + "step", "step") else list_transform(range(spl_timestamp("first"), spl_timestamp("last") + interval 1 day, interval 1 month), lambda start_: epoch(start_)::bigint) end when ("last" - "first") / "step" is not null then error('timechart: expected at most 50000 buckets, found more; take a longer span.')::bigint[] end) as "bucket"
  from timechart_2_range
),
timechart_2 as (
  select timechart_2_buckets."bucket" as _time, coalesce(timechart_2_totals."count", 0) as "count"
  from timechart_2_buckets
  left join timechart_2_totals on timechart_2_buckets."bucket" = timechart_2_totals."field"
)
select _time, "count"
from timechart_2
order by _time
