with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
head_2_failures as (
  select
    "n",
    _order,
    coalesce(sum(case when case when spl_number("n") is not null then spl_number("n") > 4 else "n" > '4' end or case when spl_number("n") is not null then spl_number("n") > 4 else "n" > '4' end is null then 0 else 1 end) over (order by _order desc rows between unbounded preceding and current row), 0) as "failures"
  from search_1
),
head_2_initial as (
  select *
  from head_2_failures
  where "failures" = 0
),
head_2 as materialized (
  select *
  from head_2_initial
  order by _order desc
  limit 3
)
select "n"
from head_2
order by _order desc
