with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.b']), spl_pair_at(_raw, 'b'), spl_text_at("attributes", ['$.b']), spl_text_at("resource", ['$.b'])) as "b",
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
    '{' || array_to_string(list_filter(['"a":' || coalesce(spl_number_text(spl_number("a")), to_json("a")::varchar), '"b":' || coalesce(spl_number_text(spl_number("b")), to_json("b")::varchar), '"tags{}":' || case when len("tags{}") > 1 then '[' || array_to_string(nullif(list_filter(list_transform("tags{}", lambda member_: coalesce(spl_number_text(spl_number(member_)), to_json(member_)::varchar)), lambda kept_: kept_ is not null), []::varchar[]), ',') || ']' else list_transform("tags{}", lambda member_: coalesce(spl_number_text(spl_number(member_)), to_json(member_)::varchar))[1] end], lambda kept_: kept_ is not null), ',') || '}' as _raw,
    _order
  from search_1
)
select _raw
from tojson_3
order by _order desc
