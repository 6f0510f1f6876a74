with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.doc']), spl_pair_at(_raw, 'doc'), spl_text_at("attributes", ['$.doc']), spl_text_at("resource", ['$.doc'])) as "doc",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
fromjson_3 as (
  select
    "id",
    spl_json_values_at("doc", '$.name') as "j_name",
    spl_json_values_at("doc", '$._x') as "j__x",
    _order
  from search_1
)
select "id", "j_name", "j__x"
from fromjson_3
order by _order desc
