with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    coalesce(spl_text_at(_raw, ['$.b']), spl_pair_at(_raw, 'b'), spl_text_at("attributes", ['$.b']), spl_text_at("resource", ['$.b'])) as "b",
    coalesce(spl_text_at(_raw, ['$.c']), spl_pair_at(_raw, 'c'), spl_text_at("attributes", ['$.c']), spl_text_at("resource", ['$.c'])) as "c",
    coalesce(spl_text_at(_raw, ['$.d']), spl_pair_at(_raw, 'd'), spl_text_at("attributes", ['$.d']), spl_text_at("resource", ['$.d'])) as "d",
    coalesce(spl_text_at(_raw, ['$.e']), spl_pair_at(_raw, 'e'), spl_text_at("attributes", ['$.e']), spl_text_at("resource", ['$.e'])) as "e",
    coalesce(spl_text_at(_raw, ['$.f']), spl_pair_at(_raw, 'f'), spl_text_at("attributes", ['$.f']), spl_text_at("resource", ['$.f'])) as "f",
    coalesce(spl_list_at(_raw, ['$.tags']), spl_list_at("attributes", ['$.tags']), spl_list_at("resource", ['$.tags'])) as "tags{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
rex_2 as (
  select regexp_replace("a", '/', '\\') as "a", "b", "c", "d", "e", "f", "tags{}", _order
  from search_1
),
rex_3 as (
  select "a", regexp_replace("b", '\.', '-', 'g') as "b", "c", "d", "e", "f", "tags{}", _order
  from rex_2
),
rex_4 as (
  select
    "a",
    "b",
    spl_replace_nth("c", '(\w)\.(\w)', '\2/\1\0', 2) as "c",
    "d",
    "e",
    "f",
    "tags{}",
    _order
  from rex_3
),
rex_5 as (
  select "a", "b", "c", regexp_replace("d", '/', '|') as "d", "e", "f", "tags{}", _order
  from rex_4
),
rex_6 as (
  select "a", "b", "c", "d", spl_replace_nth("e", '\.', '-\\', 2) as "e", "f", "tags{}", _order
  from rex_5
),
rex_7 as (
  select "a", "b", "c", "d", "e", translate("f", '/.-', '\:_') as "f", "tags{}", _order
  from rex_6
),
rex_8 as (
  select
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    nullif(list_filter(list_transform("tags{}", lambda member_: regexp_replace(member_, ',', ';')), lambda kept_: kept_ is not null), []::varchar[]) as "tags{}",
    _order
  from rex_7
)
select "a", "b", "c", "d", "e", "f", "tags{}"
from rex_8
order by _order desc
