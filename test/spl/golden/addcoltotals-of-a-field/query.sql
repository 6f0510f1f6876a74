with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as materialized (
  select "k", count(*) as "count", sum(spl_number("n")::double) as "s"
  from search_1
  where "k" is not null
  group by "k"
),
addcoltotals_3_sums as (
  select sum("count"::double) as "count", count(*) as "rows"
  from stats_2
),
addcoltotals_3_last as (
  select *
  from addcoltotals_3_sums
  where "rows" > 0
),
addcoltotals_3 as (
  select "k", "count", "s", 1 as _order, row_number() over (order by "k") as "_order_2"
  from stats_2
  union all
  select null::varchar as "k", "count", null::double as "s", 2 as _order, 1 as "_order_2"
  from addcoltotals_3_last
)
select "k", "count", "s"
from addcoltotals_3
order by _order, "_order_2"
