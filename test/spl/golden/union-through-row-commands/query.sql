with union_4_1_search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'b'
),
union_4_1_replace_2 as (
  select _time, _raw, "id", case when user_1 = 'bob' then 'rob' else user_1 end as user_1, _order
  from union_4_1_search_1
),
search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) <> 'b'
),
fillnull_2 as (
  select _time, _raw, "id", coalesce(user_1, 'none') as user_1, _order
  from search_1
),
foreach_3_eval_1 as (
  select _time, _raw, "id", lower(user_1) as user_1, _order
  from fillnull_2
),
union_4 as (
  select _time, _raw, "id", user_1, _order, 1 as "_order_2"
  from foreach_3_eval_1
  union all
  select _time, _raw, "id", user_1, _order, 2 as "_order_2"
  from union_4_1_replace_2
)
select "id", user_1 as "user"
from union_4
order by _order desc, "_order_2"
