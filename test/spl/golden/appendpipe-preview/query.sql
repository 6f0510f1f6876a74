with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as materialized (
  select "kind", count(*) as "count"
  from search_1
  where "kind" is not null
  group by "kind"
),
appendpipe_3_stats_1 as (
  select sum("count"::double) as "count"
  from stats_2
),
appendpipe_3 as (
  select "kind", "count", 1 as _order, row_number() over (order by "kind") as "_order_2"
  from stats_2
  union all
  select null::varchar as "kind", "count", 2 as _order, 1 as "_order_2"
  from appendpipe_3_stats_1
)
select "kind", "count"
from appendpipe_3
order by _order, "_order_2"
