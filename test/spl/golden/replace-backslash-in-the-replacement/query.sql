with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.path']), spl_pair_at(_raw, 'path'), spl_text_at("attributes", ['$.path']), spl_text_at("resource", ['$.path'])) as "path",
    coalesce(spl_text_at(_raw, ['$.quote']), spl_pair_at(_raw, 'quote'), spl_text_at("attributes", ['$.quote']), spl_text_at("resource", ['$.quote'])) as "quote",
    coalesce(spl_text_at(_raw, ['$.who']), spl_pair_at(_raw, 'who'), spl_text_at("attributes", ['$.who']), spl_text_at("resource", ['$.who'])) as "who",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    regexp_replace("quote", '''', '''', 'g') as "quote",
    regexp_replace("path", '/', '/', 'g') as "slash",
    regexp_replace("path", '\.', '-', 'g') as "dash",
    regexp_replace("who", '/', '\\', 'g') as "back",
    regexp_replace("who", '/', '\\', 'g') as "two",
    regexp_replace("path", '(.)\.(.)', '\2.\1\\', 'g') as "groups",
    regexp_replace("path", '[a-c]', '<\0>', 'g') as "whole",
    regexp_replace("path", '/', '&$1', 'g') as "plain",
    _order
  from search_1
),
where_3 as (
  select *
  from eval_2
  where "back" = 'DOM\user'
)
select "slash", "dash", "back", "two", "quote", "groups", "whole", "plain"
from where_3
order by _order desc
