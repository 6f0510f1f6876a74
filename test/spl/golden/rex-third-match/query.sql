with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    coalesce(spl_list_at(_raw, ['$.tags']), spl_list_at("attributes", ['$.tags']), spl_list_at("resource", ['$.tags'])) as "tags{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select "id", "k", "tags{}", "k" as "e", _order
  from search_1
),
rex_3 as (
  select "id", spl_replace_nth("k", '(\d)x', '<\1>', 3) as "k", "tags{}", "e", _order
  from eval_2
),
rex_4 as (
  select
    "id",
    "k",
    nullif(list_filter(list_transform("tags{}", lambda member_: spl_replace_nth(member_, '\bu=(\d)', 'v\1', 2)), lambda kept_: kept_ is not null), []::varchar[]) as "tags{}",
    "e",
    _order
  from rex_3
),
rex_5 as (
  select "id", "k", "tags{}", spl_replace_nth("e", 'x*', '-', 2) as "e", _order
  from rex_4
),
sort_6_places as (
  select
    *,
    row_number() over (order by spl_number("id"), spl_sort_address("id"), case when spl_number("id") is null and spl_sort_address("id") is null then "id" end, _order desc) as "_order_2"
  from rex_5
),
sort_6 as (
  select *
  from sort_6_places
  where "_order_2" <= 10000
)
select "id", "k", "e", "tags{}"
from sort_6
order by "_order_2"
