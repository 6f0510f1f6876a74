with append_5_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
append_5_format_3_first as materialized (
  select *
  from append_5_search_1
  order by _order desc
  limit 1
),
append_5_format_3_rows as (
  select
    array_to_string(nullif(list_filter(['kind="' || replace(replace("kind", '\', '\\'), '"', '\"') || '"', 'user="' || replace(replace(user_1, '\', '\\'), '"', '\"') || '"'], lambda kept_: kept_ is not null), []::varchar[]), ' , ') as "row",
    _order as order_1
  from append_5_format_3_first
),
append_5_format_3 as (
  select
    coalesce(array_to_string(list("row" order by order_1 desc) filter (where "row" is not null), ' ; '), 'NOT ( )') as "search"
  from append_5_format_3_rows
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_list_at(_raw, ['$.ip']), spl_list_at("attributes", ['$.ip']), spl_list_at("resource", ['$.ip'])) as "ip{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
format_4_rows as (
  select
    '[ ' || array_to_string(nullif(list_filter([case when len("ip{}") > 1 then '( ' || array_to_string(list_transform("ip{}", lambda member_: 'ip="' || replace(replace(member_, '\', '\\'), '"', '\"') || '"'), ' mv ') || ' )' else list_transform("ip{}", lambda member_: 'ip="' || replace(replace(member_, '\', '\\'), '"', '\"') || '"')[1] end, 'user="' || replace(replace(user_1, '\', '\\'), '"', '\"') || '"'], lambda kept_: kept_ is not null), []::varchar[]), ' && ') || ' ]' as "row",
    _order as order_1
  from search_1
),
format_4 as (
  select
    coalesce('{ ' || array_to_string(list("row" order by order_1 desc) filter (where "row" is not null), ' || ') || ' }', 'NOT ( )') as "search"
  from format_4_rows
),
append_5 as (
  select "search", 1 as _order
  from format_4
  union all
  select "search", 2 as _order
  from append_5_format_3
)
select "search"
from append_5
order by _order
