with makeresults_1 as materialized (
  select "_row", ['3', '1700']["_row" + 1] as "n"
  from range(2) as made("_row")
),
bin_2_width as (
  select spl_bin_width(min(spl_number("n")), max(spl_number("n")), null::double, 0, 100) as "width"
  from makeresults_1
),
bin_2_beside as (
  select makeresults_1."n", bin_2_width."width"
  from makeresults_1
  left join bin_2_width on true
),
bin_2 as (
  select
    case when spl_number("n") is not null then spl_number_text(floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] / "width"[2]) || '-' || spl_number_text((floor(spl_number("n") * "width"[2] / "width"[1]) * "width"[1] + "width"[1]) / "width"[2]) else "n" end as "n"
  from bin_2_beside
),
stats_3 as (
  select "n", count(*) as "count"
  from bin_2
  where "n" is not null
  group by "n"
)
select "n", "count"
from stats_3
order by "n"
