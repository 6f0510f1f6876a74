with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k']))) = 'b'
),
foreach_3_eval_1 as (
  select 'n:' || "n" as "n", "k", _order
  from search_1
),
foreach_3_eval_2 as (
  select "n", 'k:' || "k" as "k", _order
  from foreach_3_eval_1
)
select "n", "k"
from foreach_3_eval_2
order by _order desc
