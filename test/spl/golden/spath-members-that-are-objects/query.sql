with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.item']), spl_pair_at(_raw, 'item'), spl_text_at("attributes", ['$.item']), spl_text_at("resource", ['$.item'])) as "item",
    coalesce(spl_text_at(_raw, ['$.inner']), spl_pair_at(_raw, 'inner'), spl_text_at("attributes", ['$.inner']), spl_text_at("resource", ['$.inner'])) as "inner",
    coalesce(spl_text_at(_raw, ['$.tags']), spl_pair_at(_raw, 'tags'), spl_text_at("attributes", ['$.tags']), spl_text_at("resource", ['$.tags'])) as "tags",
    coalesce(spl_text_at(_raw, ['$.doc']), spl_pair_at(_raw, 'doc'), spl_text_at("attributes", ['$.doc']), spl_text_at("resource", ['$.doc'])) as "doc",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
spath_2 as (
  select
    coalesce(spl_json_list_at("doc", ['$.items']), nullif(["item"], [null]::varchar[])) as "item",
    "inner",
    "tags",
    "doc",
    _order
  from search_1
),
spath_3 as (
  select
    "item",
    coalesce(nullif(flatten(list_filter(list_transform(spl_members_at("doc", ['$.deep']), lambda step_0: spl_json_list_at(step_0, ['$.list'])), lambda kept_0: kept_0 is not null)), []::varchar[]), nullif(["inner"], [null]::varchar[])) as "inner",
    "tags",
    "doc",
    _order
  from spath_2
),
spath_4 as (
  select
    "item",
    "inner",
    coalesce(nullif(list_filter(list_transform(spl_members_at("doc", ['$.items']), lambda step_0: spl_json_at(step_0, ['$.tags'])), lambda kept_0: kept_0 is not null), []::varchar[]), nullif(["tags"], [null]::varchar[])) as "tags",
    _order
  from spath_3
)
select "item", "inner", "tags"
from spath_4
order by _order desc
