with search_1 as (
  select "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as materialized (
  select "verb", count(*) as "count"
  from search_1
  where "verb" is not null
  group by "verb"
),
eventstats_3_totals as (
  select null::varchar as "f", count(*) as "rows"
  from stats_2
),
eventstats_3 as (
  select stats_2."verb", stats_2."count", eventstats_3_totals."f"
  from stats_2
  left join eventstats_3_totals on true
)
select "verb", "count", "f"
from eventstats_3
order by "verb"
