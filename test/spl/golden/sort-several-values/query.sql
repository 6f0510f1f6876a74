with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.s']), spl_pair_at(_raw, 's'), spl_text_at("attributes", ['$.s']), spl_text_at("resource", ['$.s'])) as "s",
    coalesce(spl_list_at(_raw, ['$.g']), spl_list_at("attributes", ['$.g']), spl_list_at("resource", ['$.g'])) as "g{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2_places as (
  select
    *,
    row_number() over (order by spl_number(array_to_string("g{}", '
')), spl_sort_address(array_to_string("g{}", '
')), case when spl_number(array_to_string("g{}", '
')) is null and spl_sort_address(array_to_string("g{}", '
')) is null then array_to_string("g{}", '
') end, _order desc) as "_order_2"
  from search_1
),
sort_2 as (
  select *
  from sort_2_places
  where "_order_2" <= 10000
)
select "s", "g{}"
from sort_2
order by "_order_2"
