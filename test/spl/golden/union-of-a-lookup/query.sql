with union_3_3_inputlookup_1 as (
  select "name", "owner", "_row"
  from "lookup_owners"
),
union_3_2_search_1 as (
  select _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
union_3_2_stats_2 as (
  select count(*) as "n"
  from union_3_2_search_1
),
union_3_1_inputlookup_1 as (
  select "name", "owner", "_row"
  from "lookup_owners"
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.name']), spl_pair_at(_raw, 'name'), spl_text_at("attributes", ['$.name']), spl_text_at("resource", ['$.name'])) as "name",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
union_3 as (
  select
    "name",
    null::varchar as "owner",
    null::bigint as "n",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select
    "name",
    "owner",
    null::bigint as "n",
    2 as _order,
    row_number() over (order by "_row") as "_order_2"
  from union_3_1_inputlookup_1
  union all
  select null::varchar as "name", null::varchar as "owner", "n", 3 as _order, 1 as "_order_2"
  from union_3_2_stats_2
  union all
  select
    "name",
    "owner",
    null::bigint as "n",
    4 as _order,
    row_number() over (order by "_row") as "_order_2"
  from union_3_3_inputlookup_1
)
select "name", "owner", "n"
from union_3
order by _order, "_order_2"
