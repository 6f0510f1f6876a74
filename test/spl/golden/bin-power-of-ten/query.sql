with makeresults_1 as materialized (
  select "_row", ['3', '17', '59', 'x']["_row" + 1] as "n"
  from range(4) as made("_row")
),
bin_2_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), null::double, 0, 5) as "width"
  from makeresults_1
),
bin_2_beside as (
  select makeresults_1."n", makeresults_1."_row" as _order, bin_2_width."width"
  from makeresults_1
  left join bin_2_width on true
),
bin_2 as materialized (
  select
    "n",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "five",
    _order
  from bin_2_beside
),
bin_3_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), null::double, 0, 6) as "width"
  from bin_2
),
bin_3_beside as (
  select bin_2."n", bin_2."five", bin_2._order, bin_3_width."width"
  from bin_2
  left join bin_3_width on true
),
bin_3 as materialized (
  select
    "n",
    "five",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "six",
    _order
  from bin_3_beside
),
bin_4_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), null::double, 0, 100) as "width"
  from bin_3
),
bin_4_beside as (
  select bin_3."n", bin_3."five", bin_3."six", bin_3._order, bin_4_width."width"
  from bin_3
  left join bin_4_width on true
),
bin_4 as materialized (
  select
    "n",
    "five",
    "six",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "hundred",
    _order
  from bin_4_beside
),
bin_5_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), 1000, 0, 100) as "width"
  from bin_4
),
bin_5_beside as (
  select bin_4."n", bin_4."five", bin_4."six", bin_4."hundred", bin_4._order, bin_5_width."width"
  from bin_4
  left join bin_5_width on true
),
bin_5 as materialized (
  select
    "n",
    "five",
    "six",
    "hundred",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "wide",
    _order
  from bin_5_beside
),
bin_6_width as (
  select
    spl_bin_width(least(min(spl_number("n")), -40), max(spl_number("n")), null::double, 0, 10) as "width"
  from bin_5
),
bin_6_beside as (
  select
    bin_5."n",
    bin_5."five",
    bin_5."six",
    bin_5."hundred",
    bin_5."wide",
    bin_5._order,
    bin_6_width."width"
  from bin_5
  left join bin_6_width on true
),
bin_6 as materialized (
  select
    "n",
    "five",
    "six",
    "hundred",
    "wide",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "low",
    _order
  from bin_6_beside
),
bin_7_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), null::double, 7, 100) as "width"
  from bin_6
),
bin_7_beside as (
  select
    bin_6."n",
    bin_6."five",
    bin_6."six",
    bin_6."hundred",
    bin_6."wide",
    bin_6."low",
    bin_6._order,
    bin_7_width."width"
  from bin_6
  left join bin_7_width on true
),
bin_7 as (
  select
    "n",
    "five",
    "six",
    "hundred",
    "wide",
    "low",
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "least",
    _order
  from bin_7_beside
)
select "n", "five", "six", "hundred", "wide", "low", "least"
from bin_7
order by _order
