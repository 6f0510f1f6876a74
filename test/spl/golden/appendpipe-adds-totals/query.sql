with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as materialized (
  select "kind", count(*) as "count", sum(spl_number("n")::double) as "total"
  from search_1
  where "kind" is not null
  group by "kind"
),
appendpipe_3_stats_1 as (
  select sum("count"::double) as "count", sum("total") as "total"
  from stats_2
),
appendpipe_3_eval_2 as (
  select "count", "total", 'all' as "kind"
  from appendpipe_3_stats_1
),
appendpipe_3 as materialized (
  select "kind", "count", "total", 1 as _order, row_number() over (order by "kind") as "_order_2"
  from stats_2
  union all
  select "kind", "count", "total", 2 as _order, 1 as "_order_2"
  from appendpipe_3_eval_2
),
appendpipe_4_stats_1 as (
  select count(*) as "count"
  from appendpipe_3
),
appendpipe_4_where_2 as (
  select *
  from appendpipe_4_stats_1
  where "count" = 0
),
appendpipe_4_eval_3 as (
  select "count", 'none' as "kind"
  from appendpipe_4_where_2
),
appendpipe_4 as (
  select
    "kind",
    "count",
    "total",
    1 as _order,
    row_number() over (order by _order, "_order_2") as "_order_2"
  from appendpipe_3
  union all
  select "kind", "count", null::double as "total", 2 as _order, 1 as "_order_2"
  from appendpipe_4_eval_3
)
select "kind", "count", "total"
from appendpipe_4
order by _order, "_order_2"
