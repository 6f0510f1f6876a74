with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
makemv_2 as (
  select
    nullif(list_filter(regexp_extract_all("k", '([^;]+);?', 1), lambda kept_: kept_ <> ''), []::varchar[]) as "k",
    _order
  from search_1
)
select "k"
from makemv_2
order by _order desc
