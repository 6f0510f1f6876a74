with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    coalesce(spl_list_at(_raw, ['$.docs']), spl_list_at("attributes", ['$.docs']), spl_list_at("resource", ['$.docs'])) as "docs{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
fromjson_2 as (
  select
    coalesce(nullif(flatten(list_transform("docs{}", lambda member_: spl_json_values_at(member_, '$.a'))), []::varchar[]), nullif(["a"], [null]::varchar[])) as "a",
    _order
  from search_1
)
select "a"
from fromjson_2
order by _order desc
