with append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'read'
),
append_4_sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("id"), spl_sort_address("id"), case when spl_number("id") is null and spl_sort_address("id") is null then "id" end, _order desc) as "_order_2"
  from append_4_search_1
),
append_4_sort_2 as (
  select *
  from append_4_sort_2_places
  where "_order_2" <= 10000
),
append_4_first as materialized (
  select *
  from append_4_sort_2
  order by "_order_2"
  limit 5
),
append_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'read'
),
append_3_first as materialized (
  select *
  from append_3_search_1
  order by _order desc
  limit 1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'login'
),
append_3 as (
  select "id", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select "id", 2 as _order, row_number() over (order by _order desc) as "_order_2"
  from append_3_first
),
append_4 as (
  select "id", 1 as _order, row_number() over (order by _order, "_order_2") as "_order_2"
  from append_3
  union all
  select "id", 2 as _order, row_number() over (order by "_order_2") as "_order_2"
  from append_4_first
)
select "id"
from append_4
order by _order, "_order_2"
