with join_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_3_stats_2 as (
  select
    "kind",
    user_1,
    coalesce(max("id") filter (where spl_number("id") is null), arg_max("id", spl_number("id"))) as "top"
  from join_3_search_1
  where "kind" is not null
    and user_1 is not null
  group by "kind", user_1
),
join_3_places as (
  select
    *,
    row_number() over (partition by "kind", user_1 order by "kind", user_1) as "place"
  from join_3_stats_2
),
join_3_first as (
  select *
  from join_3_places
  where "place" = 1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'own'
),
stats_2 as (
  select user_1, "kind", count(*) as "count"
  from search_1
  where user_1 is not null
    and "kind" is not null
  group by user_1, "kind"
),
join_3_matches as (
  select
    stats_2.user_1,
    stats_2."kind",
    stats_2."count",
    join_3_first."top",
    join_3_first."place" as "matched"
  from stats_2
  left join join_3_first on stats_2."kind" = join_3_first."kind" and stats_2.user_1 = join_3_first.user_1
),
join_3 as (
  select *
  from join_3_matches
  where "matched" is not null
)
select user_1 as "user", "kind", "count", "top"
from join_3
order by user_1, "kind"
