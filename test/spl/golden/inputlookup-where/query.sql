with inputlookup_1 as (
  select "name", "owner", "team", "_row"
  from "lookup_owners"
  where (lower("owner") = 'ann' or "owner" is null) and lower("team") <> 'x'
)
select "name", "owner", "team"
from inputlookup_1
order by "_row"
