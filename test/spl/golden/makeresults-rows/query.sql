with append_4_makeresults_1 as (
  select "_row", epoch(getvariable('now')::timestamp) as _time
  from range(1) as made("_row")
),
append_4_eval_2 as (
  select _time, _time + 1 as "y", "_row" as _order
  from append_4_makeresults_1
),
append_3_makeresults_1 as (
  select "_row", epoch(getvariable('now')::timestamp) as _time
  from range(0) as made("_row")
),
makeresults_1 as (
  select "_row", epoch(getvariable('now')::timestamp) as _time
  from range(2) as made("_row")
),
eval_2 as (
  select _time, 'a' as "x", "_row" as _order
  from makeresults_1
),
append_3 as (
  select _time, "x", 1 as _order, row_number() over (order by _order) as "_order_2"
  from eval_2
  union all
  select _time, null::varchar as "x", 2 as _order, row_number() over (order by "_row") as "_order_2"
  from append_3_makeresults_1
),
append_4 as (
  select
    _time,
    "x",
    null::double as "y",
    1 as _order,
    row_number() over (order by _order, "_order_2") as "_order_2"
  from append_3
  union all
  select
    _time,
    null::varchar as "x",
    "y",
    2 as _order,
    row_number() over (order by _order) as "_order_2"
  from append_4_eval_2
)
select _time, "y"
from append_4
order by _order, "_order_2"
