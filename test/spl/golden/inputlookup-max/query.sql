with inputlookup_1_all as (
  select "team", "_row"
  from "lookup_owners"
  where lower("owner") = 'ann'
),
inputlookup_1 as materialized (
  select *
  from inputlookup_1_all
  order by "_row"
  limit 3
),
stats_2 as (
  select "team", count(*) as "count"
  from inputlookup_1
  where "team" is not null
  group by "team"
)
select "team", "count"
from stats_2
order by "team"
