with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.t']), spl_pair_at(_raw, 't'), spl_text_at("attributes", ['$.t']), spl_text_at("resource", ['$.t'])) as "t",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    "id",
    spl_strptime_zone("t", '%Y-%m-%dT%H:%M:%S', '') as "upper",
    spl_strptime_zone("t", '%Y-%m-%dT%H:%M:%S', '') as "lower",
    spl_strptime_zone("t", '%Y-%m-%dT%H:%M:%S', '') as "colon",
    spl_strptime("t", '%Y-%m-%dT%H:%M:%S') as "none",
    _order
  from search_1
),
sort_3_places as (
  select
    *,
    row_number() over (order by spl_number("id"), spl_sort_address("id"), case when spl_number("id") is null and spl_sort_address("id") is null then "id" end, _order desc) as "_order_2"
  from eval_2
),
sort_3 as (
  select *
  from sort_3_places
  where "_order_2" <= 10000
)
select "id", "upper", "lower", "colon", "none"
from sort_3
order by "_order_2"
