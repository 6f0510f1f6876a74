with search_1 as (
  select epoch(_time) as _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
timechart_2_rows as (
  select _time, (floor((_time - 345600) / 604800) * 604800 + 345600)::bigint as "field"
  from search_1
),
timechart_2_totals as materialized (
  select "field", count(*) as "count"
  from timechart_2_rows
  where "field" is not null
  group by "field"
),
timechart_2_range as (
  select
    case when min("field") is not null then least(min("field"), (floor((nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0) - 345600) / 604800) * 604800 + 345600)::bigint) end as "first",
    case when min("field") is not null then greatest(max("field"), (floor((epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)) - 0.000001 - 345600) / 604800) * 604800 + 345600)::bigint) end as "last"
  from timechart_2_totals
),
timechart_2_buckets as (
  select
    unnest(case when ("last" - "first") / 604800 < 50000 then range("first", "last" + 604800, 604800) when ("last" - "first") / 604800 is not null then error('timechart: expected at most 50000 buckets, found more; take a longer span.')::bigint[] end) as "bucket"
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
