with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    coalesce(spl_list_at(_raw, ['$.tags']), spl_list_at("attributes", ['$.tags']), spl_list_at("resource", ['$.tags'])) as "tags{}",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
tojson_3 as (
  select
    "a",
    "tags{}",
    '{' || array_to_string(list_filter(['"_time":' || case when _time is not null then coalesce(spl_number_text(_time), 'null') end, '"a":' || case when "a" is not null then coalesce(spl_number_text(spl_number("a")), 'null') end, '"tags{}":' || case when len("tags{}") > 1 then '[' || array_to_string(nullif(list_filter(list_transform("tags{}", lambda member_: case when member_ is not null then coalesce(spl_number_text(spl_number(member_)), 'null') end), lambda kept_: kept_ is not null), []::varchar[]), ',') || ']' else list_transform("tags{}", lambda member_: case when member_ is not null then coalesce(spl_number_text(spl_number(member_)), 'null') end)[1] end], lambda kept_: kept_ is not null), ',') || '}' as "j",
    _order
  from search_1
),
tojson_4 as (
  select
    "j",
    '{' || array_to_string(list_filter(['"a":' || spl_number_text(spl_number("a")), '"tags{}":' || case when len("tags{}") > 1 then '[' || array_to_string(nullif(list_filter(list_transform("tags{}", lambda member_: spl_number_text(spl_number(member_))), lambda kept_: kept_ is not null), []::varchar[]), ',') || ']' else list_transform("tags{}", lambda member_: spl_number_text(spl_number(member_)))[1] end], lambda kept_: kept_ is not null), ',') || '}' as "k",
    _order
  from tojson_3
)
select "j", "k"
from tojson_4
order by _order desc
