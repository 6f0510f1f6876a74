with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.missing']), spl_pair_at(_raw, 'missing'), spl_text_at("attributes", ['$.missing']), spl_text_at("resource", ['$.missing'])) as "missing",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
addtotals_2 as (
  select
    "id",
    "n",
    0::double + coalesce(spl_number("n")::double, 0) + coalesce(spl_number("id")::double, 0) + coalesce(spl_number("missing")::double, 0) as "sum",
    _order
  from search_1
)
select "id", "n", "sum"
from addtotals_2
order by _order desc
