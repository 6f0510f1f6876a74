with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.u']), spl_pair_at(_raw, 'u'), spl_text_at("attributes", ['$.u']), spl_text_at("resource", ['$.u'])) as "u",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
chart_2_values as materialized (
  select "u", "k" as "field"
  from search_1
),
chart_2_results as (
  select "u" as "over", "field" as "value", count(*) as "result"
  from chart_2_values
  where "u" is not null
    and "field" is not null
  group by "u", "field"
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
    chart_2_values."u",
    chart_2_values."field",
    case when chart_2_values."field" is null then 'NULL' when chart_2_ranks."place" <= 1 then case when starts_with(chart_2_values."field", '_') then 'VALUE' || chart_2_values."field" when chart_2_values."field" = 'u' then 'VALUE_' || chart_2_values."field" else chart_2_values."field" end else null::varchar end as "series"
  from chart_2_values
  left join chart_2_ranks on chart_2_values."field" = chart_2_ranks."value"
),
chart_2_cells as materialized (
  select "u", "series", count(*) as "cell"
  from chart_2_series
  where "u" is not null
    and "series" is not null
  group by "u", "series"
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
  select "u"
  from chart_2_series
  where "u" is not null
  group by "u"
),
chart_2_all as (
  select chart_2_each."u" as "over", chart_2_few."series"
  from chart_2_each
  left join chart_2_few on true
),
chart_2_filled as (
  select chart_2_all."over", chart_2_all."series", coalesce(chart_2_cells."cell", 0) as "cell"
  from chart_2_all
  left join chart_2_cells on chart_2_all."over" = chart_2_cells."u" and chart_2_all."series" = chart_2_cells."series"
),
chart_2 as (
  select
    "over" as "u",
    list(spl_cell("series", "cell") order by case when "series" = 'NULL' then 1 else 0 end, "series") filter (where "series" is not null) as "columns"
  from chart_2_filled
  group by "over"
),
sort_3_places as (
  select
    *,
    row_number() over (order by spl_number("u") desc, spl_sort_address("u") desc, case when spl_number("u") is null and spl_sort_address("u") is null then "u" end desc, "u") as _order
  from chart_2
),
sort_3 as (
  select *
  from sort_3_places
  where _order <= 10000
),
head_4 as materialized (
  select *
  from sort_3
  order by _order
  limit 1
),
where_5 as (
  select *
  from head_4
  where "u" <> 'z'
)
select "u", "columns"
from where_5
order by _order
