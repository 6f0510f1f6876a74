with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    coalesce(spl_text_at(_raw, ['$.w']), spl_pair_at(_raw, 'w'), spl_text_at("attributes", ['$.w']), spl_text_at("resource", ['$.w'])) as "w"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "v", "w", count(*) as "s"
  from search_1
  where "v" is not null
    and "w" is not null
  group by "v", "w"
)
select "w", "s" as "v"
from stats_2
order by stats_2."v", "w"
