with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    coalesce(spl_text_at(_raw, ['$.w']), spl_pair_at(_raw, 'w'), spl_text_at("attributes", ['$.w']), spl_text_at("resource", ['$.w'])) as "w",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
rename_3_step_1 as (
  select null::varchar as "v", "w", _order
  from search_1
),
fillnull_4 as (
  select
    case when count("v") over () > 0 then coalesce("v", '0') end as "v",
    case when count("w") over () > 0 then coalesce("w", '0') end as "w",
    _order
  from rename_3_step_1
),
fillnull_5 as (
  select coalesce("v", 'x') as "v", "w", _order
  from fillnull_4
)
select "v", "w"
from fillnull_5
order by _order desc
