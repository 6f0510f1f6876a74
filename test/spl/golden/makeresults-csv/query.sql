with makeresults_1 as (
  select
    "_row",
    ['Larson', 'Nyeti', 'a "b"']["_row" + 1] as "name",
    ['32', null::varchar, '5']["_row" + 1] as "age",
    ['New
York ', 'x', null::varchar]["_row" + 1] as "home, town"
  from range(3) as made("_row")
),
eval_2 as (
  select "name", "age", "home, town", spl_number("age") + 1 as "next", "_row" as _order
  from makeresults_1
)
select "name", "age", "home, town", "next"
from eval_2
order by _order
