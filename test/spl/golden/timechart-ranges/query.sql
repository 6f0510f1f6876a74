with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= getvariable('now')::timestamp - interval 700 second
    and _time < getvariable('now')::timestamp
),
sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("kind"), spl_sort_address("kind"), case when spl_number("kind") is null and spl_sort_address("kind") is null then "kind" end, _order desc) as "_order_2"
  from search_1
),
sort_2 as (
  select *
  from sort_2_places
  where "_order_2" <= 10000
),
timechart_3_rows as (
  select "n", _time, "kind", (floor(_time / 120) * 120)::bigint as "field", "_order_2" as _order
  from sort_2
),
timechart_3 as (
  select
    "field",
    count(*) as "count",
    first("n" order by _order) filter (where "n" is not null) as "first",
    first("n" order by _time, _order desc) filter (where "n" is not null) as "oldest",
    min(_time) filter (where "kind" is not null) as "since"
  from timechart_3_rows
  where "field" is not null
  group by "field"
),
sort_4_places as (
  select
    *,
    row_number() over (order by "field" desc, "field") as _order
  from timechart_3
),
sort_4 as (
  select *
  from sort_4_places
  where _order <= 10000
)
select "field" as _time, "count", "first", "oldest", "since"
from sort_4
order by _order
