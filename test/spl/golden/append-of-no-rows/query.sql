with append_6_search_1 as (
  select _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
append_6_stats_2 as (
  select count(*) as "m"
  from append_6_search_1
),
append_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'none'
),
append_3_stats_2 as (
  select "id", count(*) as "n"
  from append_3_search_1
  where "id" is not null
  group by "id"
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
append_3 as (
  select
    "id",
    null::bigint as "n",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select "id", "n", 2 as _order, row_number() over (order by "id") as "_order_2"
  from append_3_stats_2
),
fillnull_4 as (
  select
    case when count("id") over () > 0 then coalesce("id", '0') end as "id",
    case when count("n") over () > 0 then coalesce("n", 0) end as "n",
    _order,
    "_order_2"
  from append_3
),
eval_5 as (
  select "id", "n", "n"::double + 1 as "next", _order, "_order_2"
  from fillnull_4
),
append_6 as (
  select
    "id",
    "n",
    "next",
    null::bigint as "m",
    1 as _order,
    row_number() over (order by _order, "_order_2") as "_order_2"
  from eval_5
  union all
  select
    null::varchar as "id",
    null::bigint as "n",
    null::double as "next",
    "m",
    2 as _order,
    1 as "_order_2"
  from append_6_stats_2
),
fillnull_7 as (
  select
    case when count("id") over () > 0 then coalesce("id", 'x') end as "id",
    case when count("n") over () > 0 then coalesce("n"::varchar, 'x') end as "n",
    case when count("next") over () > 0 then coalesce(spl_number_text("next"), 'x') end as "next",
    case when count("m") over () > 0 then coalesce("m"::varchar, 'x') end as "m",
    _order,
    "_order_2"
  from append_6
)
select "id", "n", "next", "m"
from fillnull_7
order by _order, "_order_2"
