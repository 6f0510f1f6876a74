with join_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_3_eval_2 as (
  select "id", 'given' as "kind", 'given' as "n", _order
  from join_3_search_1
),
join_3_head_4 as materialized (
  select *
  from join_3_eval_2
  order by _order desc
  limit 3
),
join_3_places as (
  select
    *,
    row_number() over (partition by "id" order by _order desc) as "place"
  from join_3_head_4
),
join_3_first as (
  select *
  from join_3_places
  where "place" = 1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_3 as (
  select
    search_1."id",
    coalesce(search_1."n", join_3_first."n") as "n",
    coalesce(search_1."kind", join_3_first."kind") as "kind",
    search_1._order
  from search_1
  left join join_3_first on search_1."id" = join_3_first."id"
)
select "id", "n", "kind"
from join_3
order by _order desc
