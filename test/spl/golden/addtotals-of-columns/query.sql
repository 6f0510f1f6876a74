with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "k", count(*) as "count", sum(spl_number("n")::double) as "s"
  from search_1
  where "k" is not null
  group by "k"
),
addtotals_3_totals as materialized (
  select
    "k",
    "count",
    "s",
    0::double + coalesce(spl_number("k")::double, 0) + coalesce("count"::double, 0) + coalesce("s"::double, 0) as "Total"
  from stats_2
),
addtotals_3_sums as (
  select
    sum("count"::double) as "count",
    sum("s"::double) as "s",
    sum("Total"::double) as "Total",
    count(*) as "rows"
  from addtotals_3_totals
),
addtotals_3_last as (
  select *
  from addtotals_3_sums
  where "rows" > 0
),
addtotals_3_label as (
  select "count", "s", "Total", 'all' as "k"
  from addtotals_3_last
),
addtotals_3 as (
  select "k", "count", "s", "Total", 1 as _order, row_number() over (order by "k") as "_order_2"
  from addtotals_3_totals
  union all
  select "k", "count", "s", "Total", 2 as _order, 1 as "_order_2"
  from addtotals_3_label
)
select "k", "count", "s", "Total"
from addtotals_3
order by _order, "_order_2"
