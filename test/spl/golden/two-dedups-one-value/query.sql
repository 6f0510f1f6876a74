with search_1 as (
  select
    "requestURI",
    "userAgent",
    "host",
    "verb",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
dedup_2_places as (
  select
    *,
    row_number() over (partition by "verb" order by _order desc) as "place"
  from search_1
),
dedup_2 as (
  select *
  from dedup_2_places
  where "verb" is not null
    and "place" <= 1
),
dedup_3_sorted as (
  select
    *,
    row_number() over (order by spl_number("host"), spl_sort_address("host"), case when spl_number("host") is null and spl_sort_address("host") is null then "host" end, _order desc) as "_order_2"
  from dedup_2
),
dedup_3_places as (
  select
    *,
    row_number() over (partition by "userAgent" order by "_order_2") as place_2
  from dedup_3_sorted
),
dedup_3 as (
  select *
  from dedup_3_places
  where "userAgent" is not null
    and place_2 <= 1
)
select "requestURI"
from dedup_3
order by "_order_2"
