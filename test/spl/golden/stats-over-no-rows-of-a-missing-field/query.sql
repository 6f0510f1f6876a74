with search_1 as (
  select "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("verb") = 'none'
),
stats_2 as (
  select "verb"
  from search_1
  where "verb" is not null
  group by "verb"
),
stats_3 as (
  select null::varchar as "m", count(*) as "rows"
  from stats_2
),
fillnull_4 as (
  select coalesce("m", 'x') as "m"
  from stats_3
)
select "m"
from fillnull_4
