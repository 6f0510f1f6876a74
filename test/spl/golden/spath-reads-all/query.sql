with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.x']), spl_pair_at(_raw, 'x'), spl_text_at("attributes", ['$.x']), spl_text_at("resource", ['$.x'])) as "x",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
spath_3 as (
  select
    nullif(list_concat(nullif(["id"], [null]::varchar[]), nullif([spl_text_at("x", ['$.id'])], [null]::varchar[])), []::varchar[]) as "id",
    spl_text_at("x", ['$.z']) as "z",
    _order
  from search_1
)
select "id", "z"
from spath_3
order by _order desc
