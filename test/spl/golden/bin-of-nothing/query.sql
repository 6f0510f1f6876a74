with search_1 as (
  select _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_4 as (
  select count(*) as "count"
  from search_1
)
select "count"
from stats_4
