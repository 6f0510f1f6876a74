with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    epoch(_time) as _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
timechart_2_rows as (
  select "n", _time, (floor(_time / 600) * 600)::bigint as "field"
  from search_1
),
timechart_2_totals as materialized (
  select
    "field",
    sum(spl_number("n")::double) * 3600 / 600 as "h",
    sum(spl_number("n")::double) * 60 / 600 as "m",
    sum(spl_number("n")::double) * 1 / 600 as "s",
    sum(spl_number("n")::double) * 86400 / 600 as "d",
    sum(spl_number("n")::double) as "n"
  from timechart_2_rows
  where "field" is not null
  group by "field"
),
timechart_2_range as (
  select
    case when min("field") is not null then least(min("field")) end as "first",
    case when min("field") is not null then greatest(max("field")) end as "last"
  from timechart_2_totals
),
timechart_2_buckets as (
  select
    unnest(case when ("last" - "first") / 600 < 50000 then range("first", "last" + 600, 600) when ("last" - "first") / 600 is not null then error('timechart: expected at most 50000 buckets, found more; take a longer span.')::bigint[] end) as "bucket"
  from timechart_2_range
),
timechart_2 as (
  select
    timechart_2_buckets."bucket" as _time,
    timechart_2_totals."h",
    timechart_2_totals."m",
    timechart_2_totals."s",
    timechart_2_totals."d",
    timechart_2_totals."n"
  from timechart_2_buckets
  left join timechart_2_totals on timechart_2_buckets."bucket" = timechart_2_totals."field"
)
select _time, "h", "m", "s", "d", "n"
from timechart_2
order by _time
