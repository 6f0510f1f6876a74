with search_1 as (
  select "user"."username" as "user.username"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("verb") = 'delete'
),
stats_2 as (
  select "user.username", count(*) as "count"
  from search_1
  where "user.username" is not null
  group by "user.username"
)
select "user.username" as "name", "count"
from stats_2
order by "user.username"
