with multisearch_1_2_search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
multisearch_1_2_where_2 as (
  select *
  from multisearch_1_2_search_1
  where "id" <> 'b'
),
multisearch_1_2_eval_3 as (
  select _time, _raw, "id", 'two' as "from", _order
  from multisearch_1_2_where_2
),
multisearch_1_1_search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'read'
),
multisearch_1_1_eval_2 as (
  select _time, _raw, "id", 'one' as "from", _order
  from multisearch_1_1_search_1
),
multisearch_1 as (
  select _time, _raw, "id", "from", _order, 1 as "_order_2"
  from multisearch_1_1_eval_2
  union all
  select _time, _raw, "id", "from", _order, 2 as "_order_2"
  from multisearch_1_2_eval_3
)
select "id", "from"
from multisearch_1
order by _order desc, "_order_2"
