with search_1 as (
  select
    coalesce(spl_list_at(_raw, ['$.g']), spl_list_at("attributes", ['$.g']), spl_list_at("resource", ['$.g'])) as "g{}"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2_each_1 as (
  select unnest(list_distinct("g{}")) as "g{}"
  from search_1
),
stats_2 as (
  select "g{}", count(*) as "count"
  from stats_2_each_1
  where "g{}" is not null
  group by "g{}"
)
select "g{}", "count"
from stats_2
order by "g{}"
