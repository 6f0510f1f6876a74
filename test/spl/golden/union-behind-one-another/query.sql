with union_1_3_inputlookup_1 as (
  select "k", "_row"
  from "lookup_l"
),
union_1_2_search_1 as (
  select _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
union_1_2_stats_2 as (
  select count(*) as "count"
  from union_1_2_search_1
),
union_1_1_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
union_1 as (
  select "id", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from union_1_1_search_1
  union all
  select "count"::varchar as "id", 2 as _order, 1 as "_order_2"
  from union_1_2_stats_2
  union all
  select "k" as "id", 3 as _order, row_number() over (order by "_row") as "_order_2"
  from union_1_3_inputlookup_1
)
select "id"
from union_1
order by _order, "_order_2"
