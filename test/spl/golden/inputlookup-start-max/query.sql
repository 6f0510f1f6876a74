with inputlookup_3_rows_all as (
  select "name", "_row"
  from "lookup_owners"
  where lower("owner") = 'ann' and starts_with(lower("team"), 'r')
),
inputlookup_3_rows_placed as (
  select
    *,
    row_number() over (order by "_row") as "_place"
  from inputlookup_3_rows_all
),
inputlookup_3_rows as (
  select *
  from inputlookup_3_rows_placed
  where "_place" > 1
    and "_place" <= 3
),
search_1 as (
  select row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
inputlookup_3 as (
  select null::varchar as "name", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select "name", 2 as _order, row_number() over (order by "_row") as "_order_2"
  from inputlookup_3_rows
)
select "name"
from inputlookup_3
order by _order, "_order_2"
