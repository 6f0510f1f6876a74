with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.first_at']), spl_pair_at(_raw, 'first_at'), spl_text_at("attributes", ['$.first_at']), spl_text_at("resource", ['$.first_at'])) as "first_at",
    coalesce(spl_text_at(_raw, ['$.last_at']), spl_pair_at(_raw, 'last_at'), spl_text_at("attributes", ['$.last_at']), spl_text_at("resource", ['$.last_at'])) as "last_at",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
convert_3 as (
  select
    "first_at",
    "last_at",
    "k",
    coalesce(spl_strftime(spl_number("first_at"), '%H:%M'), "first_at") as "first_time",
    _order
  from search_1
)
select "first_at", "first_time", "last_at"
from convert_3
order by _order desc
