with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    "k",
    count(*) as "count",
    coalesce(max("n") filter (where spl_number("n") is null), arg_max("n", spl_number("n"))) as "count2"
  from search_1
  where "k" is not null
  group by "k"
),
replace_3 as (
  select
    case when "k" = '2' then 'two' else "k" end as "k",
    case when "count"::varchar = '2' then 'two' else "count"::varchar end as "count",
    case when "count2" = '2' then 'two' else "count2" end as "count2",
    "k" as _order
  from stats_2
)
select "k", "count", "count2"
from replace_3
order by _order
