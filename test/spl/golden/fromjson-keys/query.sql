with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.doc']), spl_pair_at(_raw, 'doc'), spl_text_at("attributes", ['$.doc']), spl_text_at("resource", ['$.doc'])) as "doc",
    coalesce(spl_text_at(_raw, ['$.b']), spl_pair_at(_raw, 'b'), spl_text_at("attributes", ['$.b']), spl_text_at("resource", ['$.b'])) as "b",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
fromjson_3 as (
  select
    coalesce(spl_json_values_at("doc", '$.id'), nullif(["id"], [null]::varchar[])) as "id",
    coalesce(spl_json_values_at("doc", '$.b'), nullif(["b"], [null]::varchar[])) as "b",
    spl_json_values_at("doc", '$.name') as "name",
    spl_json_values_at("doc", '$.age') as "age",
    spl_json_values_at("doc", '$.tags') as "tags",
    spl_json_values_at("doc", '$.nest') as "nest",
    spl_json_values_at("doc", '$."a.b"') as "a.b",
    spl_json_values_at("doc", '$.gone') as "gone",
    spl_json_values_at("doc", '$.empty') as "empty",
    _order
  from search_1
)
select "id", "name", "age", "b", "tags", "nest", "a.b", "gone", "empty"
from fromjson_3
order by _order desc
