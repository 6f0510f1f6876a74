with search_1 as (
  select
    "host",
    coalesce(spl_text_at(_raw, ['$.x']), spl_pair_at(_raw, 'x'), spl_text_at("attributes", ['$.x']), spl_text_at("resource", ['$.x'])) as "x",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
spath_3 as (
  select
    nullif(list_concat(nullif(["host"], [null]::varchar[]), nullif([spl_text_at("x", ['$.host'])], [null]::varchar[])), []::varchar[]) as "host",
    nullif(list_concat(nullif(["x"], [null]::varchar[]), nullif([spl_text_at("x", ['$.x'])], [null]::varchar[])), []::varchar[]) as "x",
    _order
  from search_1
)
select "host", "x"
from spath_3
order by _order desc
