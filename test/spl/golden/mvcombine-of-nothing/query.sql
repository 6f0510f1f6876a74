with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k']))) = 'none'
),
mvcombine_3_places as (
  select
    *,
    row_number() over (order by _order desc) as "place"
  from search_1
),
mvcombine_3_all as (
  select
    nullif(list("n" order by "place") filter (where "n" is not null), []::varchar[]) as "n",
    min("place") as _order
  from mvcombine_3_places
),
mvcombine_3 as (
  select *
  from mvcombine_3_all
  where _order is not null
)
select "n"
from mvcombine_3
order by _order
