with search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
appendpipe_3_stats_1 as (
  select "v", count(*) as "count"
  from search_1
  where "v" is not null
  group by "v"
),
appendpipe_3_eval_2 as (
  select "v", "count", 'is ' || "count"::varchar as "note"
  from appendpipe_3_stats_1
),
appendpipe_3 as (
  select
    "v",
    null::bigint as "count",
    null::varchar as "note",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select "v", "count", "note", 2 as _order, row_number() over (order by "v") as "_order_2"
  from appendpipe_3_eval_2
),
eval_4 as (
  select
    "v",
    "count",
    "note",
    "count"::double / 2 as "half",
    "count"::varchar || '' as "told",
    _order,
    "_order_2"
  from appendpipe_3
)
select "v", "count", "note", "half", "told"
from eval_4
order by _order, "_order_2"
