with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
top_2_counts as (
  select "kind", user_1, count(*) as "count"
  from search_1
  where "kind" is not null
    and user_1 is not null
  group by "kind", user_1
),
top_2_ranks as (
  select
    "kind",
    user_1,
    "count",
    round("count" * 100 / sum("count") over (partition by "kind"), 6) as "percent",
    sum("count") over (partition by "kind") as "total",
    row_number() over (partition by "kind" order by "count" desc, user_1) as _order
  from top_2_counts
),
top_2 as (
  select
    "kind",
    least(_order, 2) as _order,
    case when any_value(least(_order, 2)) > 1 then 'all others' else any_value(user_1) end as user_1,
    sum("count")::bigint as "count",
    round(sum("count") * 100 / any_value("total"), 6) as "percent"
  from top_2_ranks
  group by "kind", least(_order, 2)
)
select user_1 as "user", "kind", "count"
from top_2
order by "kind", _order
