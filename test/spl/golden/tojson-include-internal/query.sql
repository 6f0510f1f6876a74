with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
tojson_3 as (
  select
    '{' || array_to_string(list_filter(['"_time":' || to_json(spl_number_text(_time))::varchar, '"a":' || to_json("a")::varchar], lambda kept_: kept_ is not null), ',') || '}' as "j",
    _order
  from search_1
)
select "j"
from tojson_3
order by _order desc
