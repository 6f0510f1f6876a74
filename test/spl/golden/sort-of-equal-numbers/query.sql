with search_1 as (
  select "user"."uid" as "user.uid", "verb", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2 as (
  select
    *,
    row_number() over (order by spl_number("user.uid"), spl_sort_address("user.uid"), case when spl_number("user.uid") is null and spl_sort_address("user.uid") is null then "user.uid" end, _order desc) as "_order_2"
  from search_1
)
select "user.uid", "verb"
from sort_2
order by "_order_2"
