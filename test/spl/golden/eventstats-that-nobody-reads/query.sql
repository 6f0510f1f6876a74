with search_1 as (
  select "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_3 as (
  select count(*) as "count"
  from search_1
)
select "count"
from stats_3
