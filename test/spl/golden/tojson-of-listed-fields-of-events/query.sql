with search_1 as (
  select
    "host",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
tojson_2 as (
  select
    '{' || array_to_string(list_filter(['"host":' || coalesce(spl_number_text(spl_number("host")), to_json("host")::varchar), '"n":' || to_json("n")::varchar], lambda kept_: kept_ is not null), ',') || '}' as _raw,
    _order
  from search_1
)
select _raw
from tojson_2
order by _order desc
