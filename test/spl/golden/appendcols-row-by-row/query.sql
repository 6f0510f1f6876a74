with appendcols_3_search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
appendcols_3_sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("id"), spl_sort_address("id"), case when spl_number("id") is null and spl_sort_address("id") is null then "id" end, _order desc) as "_order_2"
  from appendcols_3_search_1
),
appendcols_3_sort_2 as (
  select *
  from appendcols_3_sort_2_places
  where "_order_2" <= 10000
),
appendcols_3_eval_3 as (
  select _time, _raw, "id", 'other' as "kind", "_order_2" as _order
  from appendcols_3_sort_2
),
appendcols_3_right as (
  select
    *,
    row_number() over (order by _order) as "place"
  from appendcols_3_eval_3
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "kind", count(*) as "count"
  from search_1
  where "kind" is not null
  group by "kind"
),
appendcols_3_left as (
  select
    *,
    row_number() over (order by "kind") as "place"
  from stats_2
),
appendcols_3_both as (
  select "place", "kind", "count", null::varchar as "id", null::varchar as kind_2
  from appendcols_3_left
  union all
  select "place", null::varchar as "kind", null::bigint as "count", "id", "kind" as kind_2
  from appendcols_3_right
),
appendcols_3 as (
  select
    "place" as _order,
    coalesce(any_value("kind"), any_value(kind_2)) as "kind",
    any_value("count") as "count",
    any_value("id") as "id"
  from appendcols_3_both
  group by "place"
)
select "kind", "count", "id"
from appendcols_3
order by _order
