with join_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_3_sort_2_places as (
  select
    *,
    row_number() over (order by spl_number("id"), spl_sort_address("id"), case when spl_number("id") is null and spl_sort_address("id") is null then "id" end, _order desc) as "_order_2"
  from join_3_search_1
),
join_3_sort_2 as (
  select *
  from join_3_sort_2_places
  where "_order_2" <= 10000
),
join_3_places as (
  select
    *,
    row_number() over (partition by "kind" order by "_order_2") as "place"
  from join_3_sort_2
),
join_3_first as (
  select *
  from join_3_places
  where "place" = 1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_3_matches as (
  select
    coalesce(join_3_first."id", search_1."id") as "id",
    search_1."kind",
    coalesce(join_3_first."n", search_1."n") as "n",
    search_1._order,
    join_3_first."place" as "matched"
  from search_1
  left join join_3_first on search_1."kind" = join_3_first."kind"
),
join_3 as (
  select *
  from join_3_matches
  where "matched" is not null
)
select "id", "kind", "n"
from join_3
order by _order desc
