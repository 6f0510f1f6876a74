with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.zone']), spl_pair_at(_raw, 'zone'), spl_text_at("attributes", ['$.zone']), spl_text_at("resource", ['$.zone'])) as "zone"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user']))) = 'root'
),
stats_2 as (
  select user_1, "zone", count(*) as "count"
  from search_1
  where user_1 is not null
    and "zone" is not null
  group by user_1, "zone"
)
select user_1 as "user", "zone", "count"
from stats_2
order by user_1, "zone"
