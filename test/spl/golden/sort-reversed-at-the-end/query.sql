with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("k") desc, spl_sort_address("k") desc, case when spl_number("k") is null and spl_sort_address("k") is null then "k" end desc, spl_number("n"), spl_sort_address("n"), case when spl_number("n") is null and spl_sort_address("n") is null then "n" end, _order desc) as "_order_2"
  from search_1
),
sort_2 as (
  select *
  from sort_2_places
  where "_order_2" <= 3
)
select "k", "n"
from sort_2
order by "_order_2"
