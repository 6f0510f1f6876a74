with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.u']), spl_pair_at(_raw, 'u'), spl_text_at("attributes", ['$.u']), spl_text_at("resource", ['$.u'])) as "u"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
timechart_2_rows as (
  select "n", _time, "u", (floor(_time / 3600) * 3600)::bigint as "field"
  from search_1
),
timechart_2_values as materialized (
  select "n", "field", "u" as field_2
  from timechart_2_rows
),
timechart_2_results as (
  select "field" as "over", field_2 as "value", avg(spl_number("n")::double) as "result"
  from timechart_2_values
  where "field" is not null
    and field_2 is not null
  group by "field", field_2
),
timechart_2_scores as (
  select "value", coalesce(sum("result"), 0) as "score"
  from timechart_2_results
  group by "value"
),
timechart_2_ranks as (
  select
    *,
    row_number() over (order by "score" desc, "value") as "place"
  from timechart_2_scores
),
timechart_2_series as materialized (
  select
    timechart_2_values."n",
    timechart_2_values."field",
    timechart_2_values.field_2,
    case when timechart_2_values.field_2 is null then 'NULL' when timechart_2_ranks."place" <= 1 then case when starts_with(timechart_2_values.field_2, '_') then 'VALUE' || timechart_2_values.field_2 when timechart_2_values.field_2 = concat('', chr(0), 'bucket') then 'VALUE_' || timechart_2_values.field_2 else timechart_2_values.field_2 end else 'OTHER' end as "series"
  from timechart_2_values
  left join timechart_2_ranks on timechart_2_values.field_2 = timechart_2_ranks."value"
),
timechart_2_cells as materialized (
  select "field", "series", avg(spl_number("n")::double) as "cell"
  from timechart_2_series
  where "field" is not null
    and "series" is not null
  group by "field", "series"
),
timechart_2_columns as (
  select "series", count(*) over () as "total"
  from timechart_2_cells
  group by "series"
),
timechart_2_few as (
  select *
  from timechart_2_columns
  where case when "total" <= 1000 then true else error('timechart: expected at most 1000 columns, found more; take a limit.')::bigint = 1 end
),
timechart_2_each as (
  select "field"
  from timechart_2_series
  where "field" is not null
  group by "field"
),
timechart_2_range as (
  select
    case when min("field") is not null then least(min("field"), (floor(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0) / 3600) * 3600)::bigint) end as "first",
    case when min("field") is not null then greatest(max("field"), (ceil(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)) / 3600) * 3600 - 3600)::bigint) end as "last"
  from timechart_2_each
),
timechart_2_buckets as (
  select
    unnest(case when ("last" - "first") / 3600 < 50000 then range("first", "last" + 3600, 3600) when ("last" - "first") / 3600 is not null then error('timechart: expected at most 50000 buckets, found more; take a longer span.')::bigint[] end) as "bucket"
  from timechart_2_range
),
timechart_2_all as (
  select timechart_2_buckets."bucket" as "over", timechart_2_few."series"
  from timechart_2_buckets
  left join timechart_2_few on true
),
timechart_2_filled as (
  select timechart_2_all."over", timechart_2_all."series", timechart_2_cells."cell"
  from timechart_2_all
  left join timechart_2_cells on timechart_2_all."over" = timechart_2_cells."field" and timechart_2_all."series" = timechart_2_cells."series"
),
timechart_2 as (
  select
    "over" as _time,
    list(spl_cell("series", "cell") order by case when "series" = 'NULL' then 1 when "series" = 'OTHER' then 2 else 0 end, "series") filter (where "series" is not null) as "columns"
  from timechart_2_filled
  group by "over"
)
select _time, "columns"
from timechart_2
order by _time
