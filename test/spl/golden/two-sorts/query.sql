with search_1 as (
  select "verb", "requestURI", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("verb"), spl_sort_address("verb"), case when spl_number("verb") is null and spl_sort_address("verb") is null then "verb" end, _order desc) as "_order_2"
  from search_1
),
sort_2 as (
  select *
  from sort_2_places
  where "_order_2" <= 10000
),
sort_3 as (
  select
    *,
    row_number() over (order by spl_number("requestURI") desc, spl_sort_address("requestURI") desc, case when spl_number("requestURI") is null and spl_sort_address("requestURI") is null then "requestURI" end desc, "_order_2") as "_order_3"
  from sort_2
)
select "verb", "requestURI"
from sort_3
order by "_order_3"
