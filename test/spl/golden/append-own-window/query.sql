with append_4_append_2_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'c'
),
append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'b'
),
append_4_append_2 as (
  select "id", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from append_4_search_1
  union all
  select "id", 2 as _order, row_number() over (order by _order desc) as "_order_2"
  from append_4_append_2_search_1
),
append_3_search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= getvariable('now')::timestamp - interval 100 second
    and _time < getvariable('now')::timestamp - interval 98 second
),
append_3_sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("id"), spl_sort_address("id"), case when spl_number("id") is null and spl_sort_address("id") is null then "id" end, _order desc) as "_order_2"
  from append_3_search_1
),
append_3_sort_2 as (
  select *
  from append_3_sort_2_places
  where "_order_2" <= 10000
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
append_3 as (
  select "id", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select "id", 2 as _order, row_number() over (order by "_order_2") as "_order_2"
  from append_3_sort_2
),
append_4 as (
  select "id", 1 as _order, row_number() over (order by _order, "_order_2") as "_order_2"
  from append_3
  union all
  select "id", 2 as _order, row_number() over (order by _order, "_order_2") as "_order_2"
  from append_4_append_2
),
streamstats_5 as (
  select
    "id",
    count(*) over (order by _order, "_order_2" rows between unbounded preceding and current row) as "place",
    _order,
    "_order_2"
  from append_4
)
select "id", "place"
from streamstats_5
order by _order, "_order_2"
