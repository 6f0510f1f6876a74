with append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
append_4_top_2_counts as (
  select user_1, count(*) as "count"
  from append_4_search_1
  where user_1 is not null
  group by user_1
),
append_4_top_2 as (
  select
    user_1,
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count" desc, user_1) as _order
  from append_4_top_2_counts
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select user_1, count(*) as "n"
  from search_1
  where user_1 is not null
  group by user_1
),
rare_3_counts as (
  select "n", count(*) as "count"
  from stats_2
  where "n" is not null
  group by "n"
),
rare_3_ranks as (
  select
    "n",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    sum("count") over () as "total",
    row_number() over (order by "count", "n") as _order
  from rare_3_counts
),
rare_3 as (
  select
    least(_order, 2) as _order,
    case when any_value(least(_order, 2)) > 1 then 'OTHER' else any_value("n"::varchar) end as "n",
    sum("count")::bigint as "count",
    round(sum("count") * 100 / any_value("total"), 6) as "percent"
  from rare_3_ranks
  group by least(_order, 2)
),
append_4 as (
  select
    "n",
    "count",
    "percent",
    null::varchar as user_1,
    1 as _order,
    row_number() over (order by _order) as "_order_2"
  from rare_3
  union all
  select
    null::varchar as "n",
    null::bigint as "count",
    null::double as "percent",
    user_1,
    2 as _order,
    row_number() over (order by _order) as "_order_2"
  from append_4_top_2
)
select "n", "count", "percent", user_1 as "user"
from append_4
order by _order, "_order_2"
