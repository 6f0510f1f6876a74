with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'none'
),
stats_2 as materialized (
  select "id", count(*) as "count"
  from search_1
  where "id" is not null
  group by "id"
),
appendpipe_3_stats_1 as (
  select count(*) as "count"
  from stats_2
),
appendpipe_3_where_2 as (
  select *
  from appendpipe_3_stats_1
  where "count" = 0
),
appendpipe_3_eval_3 as (
  select "count", 'nobody' as "id"
  from appendpipe_3_where_2
),
appendpipe_3 as (
  select "id", "count", 1 as _order, row_number() over (order by "id") as "_order_2"
  from stats_2
  union all
  select "id", "count", 2 as _order, 1 as "_order_2"
  from appendpipe_3_eval_3
)
select "id", "count"
from appendpipe_3
order by _order, "_order_2"
