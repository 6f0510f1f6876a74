with makeresults_1 as (
  select "_row", ['1', '5', '60', '1000', '0', '-3', 'x']["_row" + 1] as "n"
  from range(7) as made("_row")
),
bin_2 as (
  select "n", coalesce(spl_bin_log(spl_number("n"), 2, 5), "n") as "five", "_row" as _order
  from makeresults_1
),
bin_3 as (
  select "n", "five", coalesce(spl_bin_log(spl_number("n"), 1, 10), "n") as "ten", _order
  from bin_2
),
bin_4 as (
  select "n", "five", "ten", coalesce(spl_bin_log(spl_number("n"), 1, 2), "n") as "two", _order
  from bin_3
)
select "n", "five", "ten", "two"
from bin_4
order by _order
