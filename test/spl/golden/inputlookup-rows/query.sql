with inputlookup_1 as (
  select "name", "team", "_row"
  from "lookup_owners"
),
search_2 as (
  select *
  from inputlookup_1
  where "team" is not null
)
select "name", "team"
from search_2
order by "_row"
