with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.line']), spl_pair_at(_raw, 'line'), spl_text_at("attributes", ['$.line']), spl_text_at("resource", ['$.line'])) as "line",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_4 as (
  select "line" as _raw, '0' as "a", _order
  from search_1
),
extract_5_pairs as (
  select "a", _order, spl_clean_keys(spl_pairs(_raw)) as "pairs"
  from eval_4
),
extract_5 as (
  select
    nullif(list_concat(nullif(["a"], [null]::varchar[]), spl_pair_values("pairs", 'a')), []::varchar[]) as "a",
    spl_pair_values("pairs", 'b') as "b",
    _order
  from extract_5_pairs
)
select "a", "b"
from extract_5
order by _order desc
