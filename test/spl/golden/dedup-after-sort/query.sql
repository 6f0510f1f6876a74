with search_1 as (
  select "verb", "stage", "level", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2 as (
  select
    *,
    row_number() over (order by spl_number("verb"), spl_sort_address("verb"), case when spl_number("verb") is null and spl_sort_address("verb") is null then "verb" end, _order desc) as "_order_2"
  from search_1
),
dedup_3_sorted as (
  select
    *,
    row_number() over (order by spl_number("level"), spl_sort_address("level"), case when spl_number("level") is null and spl_sort_address("level") is null then "level" end, "_order_2") as "_order_3"
  from sort_2
),
dedup_3_places as (
  select
    *,
    row_number() over (partition by "stage" order by "_order_3") as "place"
  from dedup_3_sorted
),
dedup_3 as (
  select *
  from dedup_3_places
  where "stage" is null or "place" <= 1
)
select "verb"
from dedup_3
order by "_order_3"
