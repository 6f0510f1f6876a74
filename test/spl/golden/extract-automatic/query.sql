with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.line']), spl_pair_at(_raw, 'line'), spl_text_at("attributes", ['$.line']), spl_text_at("resource", ['$.line'])) as "line",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
kv_4_pairs as (
  select _order, spl_clean_keys(spl_pairs("line")) as "pairs"
  from search_1
),
kv_4 as (
  select
    spl_pair_values("pairs", 'user')[1] as user_1,
    spl_pair_values("pairs", 'k8s_ns')[1] as "k8s_ns",
    spl_pair_values("pairs", 'a')[1] as "a",
    _order
  from kv_4_pairs
)
select user_1 as "user", "k8s_ns", "a"
from kv_4
order by _order desc
