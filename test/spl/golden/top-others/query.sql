with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
top_2_counts as (
  select user_1, count(*) as "count"
  from search_1
  where user_1 is not null
  group by user_1
),
top_2_ranks as (
  select
    user_1,
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    sum("count") over () as "total",
    row_number() over (order by "count" desc, user_1) as _order
  from top_2_counts
),
top_2 as (
  select
    least(_order, 3) as _order,
    case when any_value(least(_order, 3)) > 2 then 'OTHER' else any_value(user_1) end as user_1,
    sum("count")::bigint as "count",
    round(sum("count") * 100 / any_value("total"), 6) as "percent"
  from top_2_ranks
  group by least(_order, 3)
)
select user_1 as "user", "count", "percent"
from top_2
order by _order
