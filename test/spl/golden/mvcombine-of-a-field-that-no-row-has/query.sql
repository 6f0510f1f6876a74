with makeresults_1 as (
  select "_row"
  from range(2) as made("_row")
),
eval_2 as (
  select 'x' as "a", "_row" as _order
  from makeresults_1
),
mvcombine_5_places as (
  select
    *,
    row_number() over (order by _order) as "place"
  from eval_2
),
mvcombine_5 as (
  select "a", min("place") as _order
  from mvcombine_5_places
  group by "a"
)
select "a"
from mvcombine_5
order by _order
