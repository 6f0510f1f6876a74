with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.line']), spl_pair_at(_raw, 'line'), spl_text_at("attributes", ['$.line']), spl_text_at("resource", ['$.line'])) as "line",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
extract_4_pairs as (
  select
    "line" as _raw,
    _order,
    spl_clean_keys(spl_delimited_pairs("line", '(?:"[^"]*"|[^\[\]\^"]|")+', '^\s*((?:"[^"]*"|[^\-\\"])+)[\-\\]+((?:"[^"]*"|[^\-\\"])*(?:"[^\-\\"]*)?)\s*$')) as "pairs"
  from search_1
),
extract_4 as (
  select
    _raw,
    spl_pair_values("pairs", 'a')[1] as "a",
    spl_pair_values("pairs", 'b')[1] as "b",
    spl_pair_values("pairs", 'c')[1] as "c",
    spl_pair_values("pairs", 'd')[1] as "d",
    spl_pair_values("pairs", 'e')[1] as "e",
    _order
  from extract_4_pairs
),
extract_5_pairs as (
  select
    "a",
    "b",
    "c",
    "d",
    "e",
    _order,
    spl_clean_keys(spl_delimited_pairs(_raw, '(?:"[^"]*"|[^
	"]|")+', '^\s*((?:"[^"]*"|[^: "])+)[: ]+((?:"[^"]*"|[^: "])*(?:"[^: "]*)?)\s*$')) as "pairs"
  from extract_4
),
extract_5 as (
  select
    coalesce("a", spl_pair_values("pairs", 'a')[1]) as "a",
    coalesce("b", spl_pair_values("pairs", 'b')[1]) as "b",
    coalesce("c", spl_pair_values("pairs", 'c')[1]) as "c",
    coalesce("d", spl_pair_values("pairs", 'd')[1]) as "d",
    coalesce("e", spl_pair_values("pairs", 'e')[1]) as "e",
    _order
  from extract_5_pairs
)
select "a", "b", "c", "d", "e"
from extract_5
order by _order desc
