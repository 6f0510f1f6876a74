with inputlookup_1 as (
  select "_row"
  from "lookup_owners"
),
stats_2 as (
  select count(*) as "count"
  from inputlookup_1
)
select "count"
from stats_2
