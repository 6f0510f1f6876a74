with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
timechart_2_rows as (
  select "n", "kind", _time, (floor(_time / 60) * 60)::bigint as "field", _order
  from search_1
),
timechart_2_totals as materialized (
  select
    "field",
    count(*) as "count",
    avg(spl_number("n")::double) as "mean",
    count(distinct "kind") as "kinds",
    list(distinct "kind" order by "kind") filter (where "kind" is not null) as "which",
    last("n" order by _time, _order) filter (where "n" is not null) as "newest"
  from timechart_2_rows
  where "field" is not null
  group by "field"
),
timechart_2_range as (
  select
    case when min("field") is not null then least(min("field"), (floor(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0) / 60) * 60)::bigint) end as "first",
    case when min("field") is not null then greatest(max("field"), (ceil(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)) / 60) * 60 - 60)::bigint) end as "last"
  from timechart_2_totals
),
timechart_2_buckets as (
  select
    unnest(case when ("last" - "first") / 60 < 50000 then range("first", "last" + 60, 60) when ("last" - "first") / 60 is not null then error('timechart: expected at most 50000 buckets, found more; take a longer span.')::bigint[] end) as "bucket"
  from timechart_2_range
),
timechart_2 as (
  select
    timechart_2_buckets."bucket" as _time,
    coalesce(timechart_2_totals."count", 0) as "count",
    timechart_2_totals."mean",
    coalesce(timechart_2_totals."kinds", 0) as "kinds",
    timechart_2_totals."which",
    timechart_2_totals."newest"
  from timechart_2_buckets
  left join timechart_2_totals on timechart_2_buckets."bucket" = timechart_2_totals."field"
)
select _time, "count", "mean", "kinds", "which", "newest"
from timechart_2
order by _time
