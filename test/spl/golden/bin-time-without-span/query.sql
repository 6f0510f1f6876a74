with search_1 as materialized (
  select epoch(_time) as _time, row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
bin_2_step as (
  select
    case when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 100 then 1 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 500 then 5 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 1000 then 10 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 3000 then 30 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 6000 then 60 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 30000 then 300 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 60000 then 600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 180000 then 1800 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 360000 then 3600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 8640000 then 86400 else 2592000 end as "step"
  from search_1
),
bin_2_beside as (
  select search_1._time, search_1._order, bin_2_step."step"
  from search_1
  left join bin_2_step on true
),
bin_2 as materialized (
  select
    _time,
    case when "step" < 2592000 then floor(_time / "step") * "step" else epoch(time_bucket(interval 1 month, spl_timestamp(_time), '1970-01-01'::timestamp)) end as "hundred",
    _order
  from bin_2_beside
),
bin_3_step as (
  select
    case when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 2 then 1 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 10 then 5 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 20 then 10 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 60 then 30 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 120 then 60 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 600 then 300 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 1200 then 600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 3600 then 1800 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 7200 then 3600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 172800 then 86400 else 2592000 end as "step"
  from bin_2
),
bin_3_beside as (
  select bin_2._time, bin_2."hundred", bin_2._order, bin_3_step."step"
  from bin_2
  left join bin_3_step on true
),
bin_3 as materialized (
  select
    _time,
    "hundred",
    case when "step" < 2592000 then floor(_time / "step") * "step" else epoch(time_bucket(interval 1 month, spl_timestamp(_time), '1970-01-01'::timestamp)) end as "two",
    _order
  from bin_3_beside
),
bin_4_step as (
  select
    case when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 360000 then 3600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 8640000 then 86400 else 2592000 end as "step"
  from bin_3
),
bin_4_beside as (
  select bin_3._time, bin_3."hundred", bin_3."two", bin_3._order, bin_4_step."step"
  from bin_3
  left join bin_4_step on true
),
bin_4 as materialized (
  select
    _time,
    "hundred",
    "two",
    case when "step" < 2592000 then floor(_time / "step") * "step" else epoch(time_bucket(interval 1 month, spl_timestamp(_time), '1970-01-01'::timestamp)) end as "hour",
    _order
  from bin_4_beside
),
bin_5_step as (
  select
    case when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 2 then 1 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 10 then 5 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 20 then 10 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 60 then 30 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 120 then 60 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 600 then 300 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 1200 then 600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 3600 then 1800 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 7200 then 3600 when coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), max(_time)) - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), min(_time)) <= 172800 then 86400 else 2592000 end as "step"
  from bin_4
),
bin_5_beside as (
  select bin_4._time, bin_4."hundred", bin_4."two", bin_4."hour", bin_4._order, bin_5_step."step"
  from bin_4
  left join bin_5_step on true
),
bin_5 as (
  select
    "hundred",
    "two",
    "hour",
    case when "step" < 86400 then floor((_time - epoch('2023-11-14 22:13:21.000'::timestamp)) / "step") * "step" + epoch('2023-11-14 22:13:21.000'::timestamp) else case when "step" < 2592000 then floor(_time / "step") * "step" else epoch(time_bucket(interval 1 month, spl_timestamp(_time), '1970-01-01'::timestamp)) end end as "aligned",
    _order
  from bin_5_beside
)
select "hundred", "two", "hour", "aligned"
from bin_5
order by _order desc
