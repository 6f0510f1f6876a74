with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.line']), spl_pair_at(_raw, 'line'), spl_text_at("attributes", ['$.line']), spl_text_at("resource", ['$.line'])) as "line",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
extract_4_pairs as (
  select
    "id",
    _order,
    spl_clean_keys(spl_delimited_pairs("line", '(?:"[^"]*"|[^|;"]|")+', '^\s*((?:"[^"]*"|[^=:"])+)[=:]+((?:"[^"]*"|[^=:"])*(?:"[^=:"]*)?)\s*$')) as "pairs"
  from search_1
),
extract_4 as (
  select
    coalesce("id", spl_pair_values("pairs", 'id')[1]) as "id",
    spl_pair_values("pairs", 'user')[1] as user_1,
    spl_pair_values("pairs", 'ip')[1] as "ip",
    spl_pair_values("pairs", 'k8s_ns')[1] as "k8s_ns",
    spl_pair_values("pairs", 'empty')[1] as "empty",
    spl_pair_values("pairs", 'Referer')[1] as "Referer",
    spl_pair_values("pairs", 'note')[1] as "note",
    _order
  from extract_4_pairs
)
select "id", user_1 as "user", "ip", "k8s_ns", "empty", "Referer", "note"
from extract_4
order by _order desc
