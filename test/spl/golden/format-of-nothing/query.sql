with append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'd'
),
append_4_format_3_rows as (
  select
    '( ' || array_to_string(nullif(list_filter(['user="' || replace(replace(user_1, '\', '\\'), '"', '\"') || '"'], lambda kept_: kept_ is not null), []::varchar[]), ' AND ') || ' )' as "row",
    _order as order_1
  from append_4_search_1
),
append_4_format_3 as (
  select
    coalesce('( ' || array_to_string(list("row" order by order_1 desc) filter (where "row" is not null), ' OR ') || ' )', 'none at all') as "search"
  from append_4_format_3_rows
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'none'
),
format_3_rows as (
  select
    '( ' || array_to_string(nullif(list_filter(['user="' || replace(replace(user_1, '\', '\\'), '"', '\"') || '"'], lambda kept_: kept_ is not null), []::varchar[]), ' AND ') || ' )' as "row",
    _order as order_1
  from search_1
),
format_3 as (
  select
    coalesce('( ' || array_to_string(list("row" order by order_1 desc) filter (where "row" is not null), ' OR ') || ' )', 'NOT ( )') as "search"
  from format_3_rows
),
append_4 as (
  select "search", 1 as _order
  from format_3
  union all
  select "search", 2 as _order
  from append_4_format_3
)
select "search"
from append_4
order by _order
