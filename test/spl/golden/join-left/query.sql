with join_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'y'
),
join_3_stats_2 as (
  select "kind", count(*) as "count", sum(spl_number("n")::double) as "n"
  from join_3_search_1
  where "kind" is not null
  group by "kind"
),
join_3_eval_3 as (
  select "kind", "count", "n", case when "count" > 5 then 'many' end as "other"
  from join_3_stats_2
),
join_3_places as (
  select
    *,
    row_number() over (partition by "kind" order by "kind") as "place"
  from join_3_eval_3
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
join_3 as (
  select
    search_1."id",
    search_1."kind",
    coalesce(spl_number_text(join_3_first."n"), search_1."n") as "n",
    search_1._order,
    join_3_first."count",
    join_3_first."other"
  from search_1
  left join join_3_first on search_1."kind" = join_3_first."kind"
)
select "id", "kind", "n", "count", "other"
from join_3
order by _order desc
