with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    "kind",
    count(*) as "count",
    sum(spl_number("n")::double) as "sum_n",
    list(distinct "n" order by "n") filter (where "n" is not null) as "all",
    coalesce(max("n") filter (where spl_number("n") is null), arg_max("n", spl_number("n"))) as "sum_max"
  from search_1
  where "kind" is not null
  group by "kind"
),
addtotals_3 as (
  select
    "kind",
    "count",
    "sum_n",
    "all",
    "sum_max",
    0::double + coalesce(spl_number("kind")::double, 0) + coalesce("count"::double, 0) + coalesce("sum_n"::double, 0) + coalesce(spl_number(case when len("all") = 1 then "all"[1] end)::double, 0) + coalesce(spl_number("sum_max")::double, 0) as "Total"
  from stats_2
),
addtotals_4 as (
  select
    "kind",
    "Total",
    0::double + coalesce("sum_n"::double, 0) + coalesce(spl_number("sum_max")::double, 0) as "sums"
  from addtotals_3
)
select "kind", "Total", "sums"
from addtotals_4
order by "kind"
