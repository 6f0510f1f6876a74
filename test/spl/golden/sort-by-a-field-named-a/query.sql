with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("a"), spl_sort_address("a"), case when spl_number("a") is null and spl_sort_address("a") is null then "a" end, _order desc) as "_order_2"
  from search_1
),
sort_2 as (
  select *
  from sort_2_places
  where "_order_2" <= 10000
)
select "a"
from sort_2
order by "_order_2"
