with search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    "a",
    round(max(_time) - min(_time), 6) as "seconds",
    (spl_number(last("n" order by _time, _order) filter (where "n" is not null))::double - spl_number(first("n" order by _time, _order) filter (where "n" is not null))::double) / nullif(round(max(_time) filter (where "n" is not null) - min(_time) filter (where "n" is not null), 6), 0) as "rate"
  from search_1
  where "a" is not null
  group by "a"
),
where_3 as (
  select *
  from stats_2
  where "seconds" <= 0.3
)
select "a", "seconds", "rate"
from where_3
order by "a"
