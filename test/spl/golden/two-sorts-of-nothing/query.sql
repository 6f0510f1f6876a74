with search_1 as (
  select "verb", "level", "stage", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2 as (
  select
    *,
    row_number() over (order by spl_number("stage"), spl_sort_address("stage"), case when spl_number("stage") is null and spl_sort_address("stage") is null then "stage" end, _order desc) as "_order_2"
  from search_1
),
sort_3 as (
  select
    *,
    row_number() over (order by spl_number("level"), spl_sort_address("level"), case when spl_number("level") is null and spl_sort_address("level") is null then "level" end, "_order_2") as "_order_3"
  from sort_2
)
select "verb"
from sort_3
order by "_order_3"
