with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.line']), spl_pair_at(_raw, 'line'), spl_text_at("attributes", ['$.line']), spl_text_at("resource", ['$.line'])) as "line",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
table_5 as (
  select "line" as _raw, null::varchar as "a", _order
  from search_1
)
select "a"
from table_5
order by _order desc
