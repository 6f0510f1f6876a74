with search_1 as (
  select "verb", nullif("user"."groups", []::varchar[]) as "user.groups{}"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
chart_2_values as (
  select "verb", coalesce("user.groups{}", [null]::varchar[]) as "field"
  from search_1
),
chart_2_each_1 as materialized (
  select "verb", unnest("field") as "field"
  from chart_2_values
),
chart_2_results as (
  select "verb" as "over", "field" as "value", count(*) as "result"
  from chart_2_each_1
  where "verb" is not null
    and "field" is not null
  group by "verb", "field"
),
chart_2_scores as (
  select "value", coalesce(sum("result"), 0) as "score"
  from chart_2_results
  group by "value"
),
chart_2_ranks as (
  select
    *,
    row_number() over (order by "score" desc, "value") as "place"
  from chart_2_scores
),
chart_2_series as materialized (
  select
    chart_2_each_1."verb",
    chart_2_each_1."field",
    case when chart_2_each_1."field" is null then 'NULL' when chart_2_ranks."place" <= 10 then case when starts_with(chart_2_each_1."field", '_') then 'VALUE' || chart_2_each_1."field" when chart_2_each_1."field" = 'verb' then 'VALUE_' || chart_2_each_1."field" else chart_2_each_1."field" end else 'OTHER' end as "series"
  from chart_2_each_1
  left join chart_2_ranks on chart_2_each_1."field" = chart_2_ranks."value"
),
chart_2_cells as materialized (
  select "verb", "series", count(*) as "cell"
  from chart_2_series
  where "verb" is not null
    and "series" is not null
  group by "verb", "series"
),
chart_2_columns as (
  select "series", count(*) over () as "total"
  from chart_2_cells
  group by "series"
),
chart_2_few as (
  select *
  from chart_2_columns
  where case when "total" <= 1000 then true else error('chart: expected at most 1000 columns, found more; take a limit.')::bigint = 1 end
),
chart_2_each as (
  select "verb"
  from chart_2_series
  where "verb" is not null
  group by "verb"
),
chart_2_all as (
  select chart_2_each."verb" as "over", chart_2_few."series"
  from chart_2_each
  left join chart_2_few on true
),
chart_2_filled as (
  select chart_2_all."over", chart_2_all."series", coalesce(chart_2_cells."cell", 0) as "cell"
  from chart_2_all
  left join chart_2_cells on chart_2_all."over" = chart_2_cells."verb" and chart_2_all."series" = chart_2_cells."series"
),
chart_2 as (
  select
    "over" as "verb",
    list(spl_cell("series", "cell") order by case when "series" = 'NULL' then 1 when "series" = 'OTHER' then 2 else 0 end, "series") filter (where "series" is not null) as "columns"
  from chart_2_filled
  group by "over"
)
select "verb", "columns"
from chart_2
order by "verb"
