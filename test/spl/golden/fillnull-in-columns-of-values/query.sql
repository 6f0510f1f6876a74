with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
chart_2_values as materialized (
  select "n", "k", "n" as "field"
  from search_1
),
chart_2_results as (
  select "k" as "over", "field" as "value", avg(spl_number("n")::double) as "result"
  from chart_2_values
  where "k" is not null
    and "field" is not null
  group by "k", "field"
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
    chart_2_values."n",
    chart_2_values."k",
    chart_2_values."field",
    case when chart_2_values."field" is null then 'NULL' when chart_2_ranks."place" <= 2 then case when starts_with(chart_2_values."field", '_') then 'VALUE' || chart_2_values."field" when chart_2_values."field" = 'k' then 'VALUE_' || chart_2_values."field" else chart_2_values."field" end else null::varchar end as "series"
  from chart_2_values
  left join chart_2_ranks on chart_2_values."field" = chart_2_ranks."value"
),
chart_2_cells as materialized (
  select "k", "series", avg(spl_number("n")::double) as "cell"
  from chart_2_series
  where "k" is not null
    and "series" is not null
  group by "k", "series"
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
  select "k"
  from chart_2_series
  where "k" is not null
  group by "k"
),
chart_2_all as (
  select chart_2_each."k" as "over", chart_2_few."series"
  from chart_2_each
  left join chart_2_few on true
),
chart_2_filled as (
  select chart_2_all."over", chart_2_all."series", chart_2_cells."cell"
  from chart_2_all
  left join chart_2_cells on chart_2_all."over" = chart_2_cells."k" and chart_2_all."series" = chart_2_cells."series"
),
chart_2 as (
  select
    "over" as "k",
    list(spl_cell("series", "cell") order by case when "series" = 'NULL' then 1 else 0 end, "series") filter (where "series" is not null) as "columns"
  from chart_2_filled
  group by "over"
),
fillnull_3 as (
  select
    "k",
    list_transform("columns", lambda cell_: spl_cell(struct_extract(cell_, 'name'), coalesce(struct_extract(cell_, 'value'), 0))) as "columns"
  from chart_2
),
head_4 as materialized (
  select *
  from fillnull_3
  order by "k"
  limit 2
)
select "k", "columns"
from head_4
order by "k"
