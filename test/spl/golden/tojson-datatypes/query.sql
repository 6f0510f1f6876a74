with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
tojson_3 as (
  select
    "id",
    "v",
    '{' || array_to_string(list_filter(['"v":' || coalesce(spl_number_text(spl_number("v")), case when spl_json_valid("v") then "v" end, to_json("v")::varchar)], lambda kept_: kept_ is not null), ',') || '}' as "auto",
    _order
  from search_1
),
tojson_4 as (
  select
    "id",
    "v",
    "auto",
    '{' || array_to_string(list_filter(['"v":' || case when spl_number("v") is not null then case when spl_number("v") = 0 then 'false' else 'true' end when lower("v") in ('false', 'f', 'no') then 'false' when lower("v") in ('true', 't', 'yes') then 'true' end], lambda kept_: kept_ is not null), ',') || '}' as "bool",
    _order
  from tojson_3
),
tojson_5 as (
  select
    "id",
    "v",
    "auto",
    "bool",
    '{' || array_to_string(list_filter(['"v":' || coalesce(spl_number_text(spl_number("v")), case when spl_json_valid("v") then "v" end)], lambda kept_: kept_ is not null), ',') || '}' as "json",
    _order
  from tojson_4
),
tojson_6 as (
  select
    "id",
    "v",
    "auto",
    "bool",
    "json",
    '{' || array_to_string(list_filter(['"v":' || coalesce(spl_number_text(spl_number("v")), to_json("v")::varchar)], lambda kept_: kept_ is not null), ',') || '}' as "none",
    _order
  from tojson_5
),
tojson_7 as (
  select
    "id",
    "v",
    "auto",
    "bool",
    "json",
    "none",
    '{' || array_to_string(list_filter(['"v":' || spl_number_text(spl_number("v"))], lambda kept_: kept_ is not null), ',') || '}' as "num",
    _order
  from tojson_6
),
tojson_8 as (
  select
    "id",
    "auto",
    "bool",
    "json",
    "none",
    "num",
    '{' || array_to_string(list_filter(['"v":' || to_json("v")::varchar], lambda kept_: kept_ is not null), ',') || '}' as "str",
    _order
  from tojson_7
)
select "id", "auto", "bool", "json", "none", "num", "str"
from tojson_8
order by _order desc
