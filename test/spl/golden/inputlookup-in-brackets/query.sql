with append_3_inputlookup_1 as (
  select "name", "owner", "_row"
  from "lookup_owners"
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.name']), spl_pair_at(_raw, 'name'), spl_text_at("attributes", ['$.name']), spl_text_at("resource", ['$.name'])) as "name"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "name", count(*) as "count"
  from search_1
  where "name" is not null
  group by "name"
),
append_3 as (
  select
    "name",
    "count",
    null::varchar as "owner",
    1 as _order,
    row_number() over (order by "name") as "_order_2"
  from stats_2
  union all
  select
    "name",
    null::bigint as "count",
    "owner",
    2 as _order,
    row_number() over (order by "_row") as "_order_2"
  from append_3_inputlookup_1
)
select "name", "count", "owner"
from append_3
order by _order, "_order_2"
