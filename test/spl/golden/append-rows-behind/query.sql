with append_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'y'
),
append_3_stats_2 as (
  select
    "kind",
    count(*) as "n",
    list(distinct "id" order by "id") filter (where "id" is not null) as "ids"
  from append_3_search_1
  where "kind" is not null
  group by "kind"
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'x'
),
append_3 as (
  select
    "id",
    "n",
    null::varchar[] as "ids",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select
    "kind" as "id",
    "n"::varchar as "n",
    "ids",
    2 as _order,
    row_number() over (order by "kind") as "_order_2"
  from append_3_stats_2
),
eval_4 as (
  select "id", "n", "ids", spl_number("n") + 1 as "n2", _order, "_order_2"
  from append_3
)
select "id", "n", "ids", "n2"
from eval_4
order by _order, "_order_2"
