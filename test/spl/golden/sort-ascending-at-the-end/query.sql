with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.name']), spl_pair_at(_raw, 'name'), spl_text_at("attributes", ['$.name']), spl_text_at("resource", ['$.name'])) as "name",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("n") desc, spl_sort_address("n") desc, case when spl_number("n") is null and spl_sort_address("n") is null then "n" end desc, spl_number("name"), spl_sort_address("name"), case when spl_number("name") is null and spl_sort_address("name") is null then "name" end, _order desc) as "_order_2"
  from search_1
),
sort_2 as (
  select *
  from sort_2_places
  where "_order_2" <= 10000
)
select "n", "name"
from sort_2
order by "_order_2"
