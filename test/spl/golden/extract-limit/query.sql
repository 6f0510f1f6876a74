with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.line']), spl_pair_at(_raw, 'line'), spl_text_at("attributes", ['$.line']), spl_text_at("resource", ['$.line'])) as "line",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
extract_4_pairs as (
  select _order, spl_clean_keys(spl_pairs("line")[1:2]) as "pairs"
  from search_1
),
extract_4 as (
  select
    spl_pair_values("pairs", 'a')[1] as "a",
    spl_pair_values("pairs", 'b')[1] as "b",
    spl_pair_values("pairs", 'c')[1] as "c",
    _order
  from extract_4_pairs
)
select "a", "b", "c"
from extract_4
order by _order desc
