with inputlookup_3_rows as (
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
inputlookup_3 as (
  select "name", "count", null::varchar as "owner"
  from stats_2
  union all
  select "name", null::bigint as "count", "owner"
  from inputlookup_3_rows
),
stats_4 as (
  select
    "name",
    sum("count"::double) as "count",
    list(distinct "owner" order by "owner") filter (where "owner" is not null) as "owner"
  from inputlookup_3
  where "name" is not null
  group by "name"
)
select "name", "count", "owner"
from stats_4
order by "name"
