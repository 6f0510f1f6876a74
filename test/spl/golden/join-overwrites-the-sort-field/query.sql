with join_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and (lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'b' or lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a' or lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'c')
),
join_4_stats_2 as (
  select "id", count(*) as "count", sum(spl_number("n")::double) as "n"
  from join_4_search_1
  where "id" is not null
  group by "id"
),
join_4_eval_3 as (
  select "id", "count", 100 - "n" as "n"
  from join_4_stats_2
),
join_4_places as (
  select
    *,
    row_number() over (partition by "id", "count"::varchar order by "id") as "place"
  from join_4_eval_3
),
join_4_first as (
  select *
  from join_4_places
  where "place" = 1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "id", count(*) as "count", sum(spl_number("n")::double) as "n"
  from search_1
  where "id" is not null
  group by "id"
),
sort_3_places as (
  select
    *,
    row_number() over (order by "n" desc, "id") as _order
  from stats_2
),
sort_3 as (
  select *
  from sort_3_places
  where _order <= 10000
),
join_4 as (
  select sort_3."id", coalesce(join_4_first."n", sort_3."n") as "n", sort_3._order
  from sort_3
  left join join_4_first on sort_3."id" = join_4_first."id" and sort_3."count"::varchar = join_4_first."count"::varchar
)
select "id", "n"
from join_4
order by _order
