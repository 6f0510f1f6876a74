with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    coalesce(spl_text_at(_raw, ['$.nope']), spl_pair_at(_raw, 'nope'), spl_text_at("attributes", ['$.nope']), spl_text_at("resource", ['$.nope'])) as "nope",
    coalesce(spl_text_at(_raw, ['$.m']), spl_pair_at(_raw, 'm'), spl_text_at("attributes", ['$.m']), spl_text_at("resource", ['$.m'])) as "m",
    coalesce(spl_text_at(_raw, ['$.sum']), spl_pair_at(_raw, 'sum'), spl_text_at("attributes", ['$.sum']), spl_text_at("resource", ['$.sum'])) as "sum",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
foreach_2_eval_1 as (
  select
    "k",
    "nope",
    "m",
    spl_number(coalesce("sum", '0')) + coalesce(spl_number("n"), 100) as "sum",
    _order
  from search_1
),
foreach_2_eval_2 as (
  select "k", "nope", coalesce("sum", 0) + coalesce(spl_number("m"), 100) as "sum", _order
  from foreach_2_eval_1
),
foreach_2_eval_3 as (
  select "k", coalesce("sum", 0) + coalesce(spl_number("nope"), 100) as "sum", _order
  from foreach_2_eval_2
)
select "k", "sum"
from foreach_2_eval_3
order by _order desc
