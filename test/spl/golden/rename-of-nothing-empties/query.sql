with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
rename_3_step_1 as (
  select null::varchar as "v", _order
  from search_1
)
select "v"
from rename_3_step_1
order by _order desc
