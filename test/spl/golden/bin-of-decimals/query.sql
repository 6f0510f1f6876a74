with makeresults_1 as (
  select "_row", ['0.3', '0.29', '-0.1', '7.6']["_row" + 1] as "n"
  from range(4) as made("_row")
),
bin_2 as (
  select
    "n",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * 10 / 1) * 1 / 10) || '-' || spl_number_text((floor(spl_number("n") * 10 / 1) * 1 + 1) / 10) else "n" end as "tenth",
    "_row" as _order
  from makeresults_1
),
bin_3 as materialized (
  select
    "n",
    "tenth",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * 10 / 25) * 25 / 10) || '-' || spl_number_text((floor(spl_number("n") * 10 / 25) * 25 + 25) / 10) else "n" end as "wide",
    _order
  from bin_2
),
bin_4_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), null::double, 0, 5) as "width"
  from bin_3
),
bin_4_beside as (
  select bin_3."n", bin_3."tenth", bin_3."wide", bin_3._order, bin_4_width."width"
  from bin_3
  left join bin_4_width on true
),
bin_4 as (
  select
    "n",
    "tenth",
    "wide",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "five",
    _order
  from bin_4_beside
),
head_5 as materialized (
  select *
  from bin_4
  order by _order
  limit 4
)
select "n", "tenth", "wide", "five"
from head_5
order by _order
