with append_2_search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'e'
),
append_2_eval_2 as (
  select _time, _raw, "id", "kind", spl_number("n") * 2 as "n", _order
  from append_2_search_1
),
search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
append_2 as materialized (
  select
    _time,
    _raw,
    "id",
    "n",
    "kind",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select
    _time,
    _raw,
    "id",
    spl_number_text("n") as "n",
    "kind",
    2 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from append_2_eval_2
),
appendpipe_3_head_1 as materialized (
  select *
  from append_2
  order by _order, "_order_2"
  limit 1
),
appendpipe_3_eval_2 as (
  select _time, _raw, "id", "n", upper("kind") as "kind", _order, "_order_2"
  from appendpipe_3_head_1
),
appendpipe_3 as (
  select
    _time,
    _raw,
    "id",
    "n",
    "kind",
    1 as _order,
    row_number() over (order by _order, "_order_2") as "_order_2"
  from append_2
  union all
  select
    _time,
    _raw,
    "id",
    "n",
    "kind",
    2 as _order,
    row_number() over (order by _order, "_order_2") as "_order_2"
  from appendpipe_3_eval_2
)
select "id", "n", "kind"
from appendpipe_3
order by _order, "_order_2"
