with append_6_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$."user.name"', '$.user.name']), spl_text_at("attributes", ['$."user.name"', '$.user.name']), spl_text_at("resource", ['$."user.name"', '$.user.name'])) as "user.name",
    coalesce(spl_text_at(_raw, ['$.quoted']), spl_pair_at(_raw, 'quoted'), spl_text_at("attributes", ['$.quoted']), spl_text_at("resource", ['$.quoted'])) as "quoted",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'q'
),
append_5_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_list_at(_raw, ['$.ip']), spl_list_at("attributes", ['$.ip']), spl_list_at("resource", ['$.ip'])) as "ip{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_list_at(_raw, ['$.ip']), spl_list_at("attributes", ['$.ip']), spl_list_at("resource", ['$.ip'])) as "ip{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) is not null
),
head_4 as materialized (
  select *
  from search_1
  order by _order desc
  limit 2
),
append_5 as (
  select
    user_1,
    "ip{}" as "ip",
    "kind",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from head_4
  union all
  select
    user_1,
    "ip{}" as "ip",
    "kind",
    2 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from append_5_search_1
),
append_6 as (
  select
    user_1,
    "ip",
    "kind",
    null::varchar as "user.name",
    null::varchar as "quoted",
    1 as _order,
    row_number() over (order by _order, "_order_2") as "_order_2"
  from append_5
  union all
  select
    null::varchar as user_1,
    null::varchar[] as "ip",
    null::varchar as "kind",
    "user.name",
    "quoted",
    2 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from append_6_search_1
),
format_7_rows as (
  select
    '( ' || array_to_string(nullif(list_filter([case when len("ip") > 1 then '( ' || array_to_string(list_transform("ip", lambda member_: 'ip="' || replace(replace(member_, '\', '\\'), '"', '\"') || '"'), ' OR ') || ' )' else list_transform("ip", lambda member_: 'ip="' || replace(replace(member_, '\', '\\'), '"', '\"') || '"')[1] end, 'kind="' || replace(replace("kind", '\', '\\'), '"', '\"') || '"', 'quoted="' || replace(replace("quoted", '\', '\\'), '"', '\"') || '"', 'user="' || replace(replace(user_1, '\', '\\'), '"', '\"') || '"', '"user.name"="' || replace(replace("user.name", '\', '\\'), '"', '\"') || '"'], lambda kept_: kept_ is not null), []::varchar[]), ' AND ') || ' )' as "row",
    _order as order_1,
    "_order_2" as order_2
  from append_6
),
format_7 as (
  select
    coalesce('( ' || array_to_string(list("row" order by order_1, order_2) filter (where "row" is not null), ' OR ') || ' )', 'NOT ( )') as "search"
  from format_7_rows
)
select "search"
from format_7
