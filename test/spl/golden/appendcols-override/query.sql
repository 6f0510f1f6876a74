with appendcols_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'c'
),
appendcols_3_stats_2 as (
  select
    count(*) as "count",
    list(distinct user_1 order by user_1) filter (where user_1 is not null) as user_1
  from appendcols_3_search_1
),
appendcols_3_eval_3 as (
  select "count", user_1, case when "count" > 1 then 'x' end as "kind"
  from appendcols_3_stats_2
),
appendcols_3_first as materialized (
  select *
  from appendcols_3_eval_3
  limit 1
),
appendcols_3_right as (
  select
    *,
    row_number() over () as "place"
  from appendcols_3_first
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "kind", count(*) as "count"
  from search_1
  where "kind" is not null
  group by "kind"
),
appendcols_3_left as (
  select
    *,
    row_number() over (order by "kind") as "place"
  from stats_2
),
appendcols_3_both as (
  select
    "place",
    "kind",
    "count",
    null::bigint as count_2,
    null::varchar[] as user_1,
    null::varchar as kind_2
  from appendcols_3_left
  union all
  select
    "place",
    null::varchar as "kind",
    null::bigint as "count",
    "count" as count_2,
    user_1,
    "kind" as kind_2
  from appendcols_3_right
),
appendcols_3 as (
  select
    "place" as _order,
    coalesce(any_value(kind_2), any_value("kind")) as "kind",
    coalesce(any_value(count_2), any_value("count")) as "count",
    any_value(user_1) as user_1
  from appendcols_3_both
  group by "place"
)
select "kind", "count", user_1 as "user"
from appendcols_3
order by _order
