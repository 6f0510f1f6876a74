with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.i']), spl_pair_at(_raw, 'i'), spl_text_at("attributes", ['$.i']), spl_text_at("resource", ['$.i'])) as "i",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
dedup_2_runs as (
  select
    "i",
    "k",
    _order,
    row_number() over (order by _order desc) - row_number() over (partition by "k" order by _order desc) as "run"
  from search_1
),
dedup_2_places as (
  select
    *,
    row_number() over (partition by "k", "run" order by _order desc) as "place"
  from dedup_2_runs
),
dedup_2 as (
  select *
  from dedup_2_places
  where "k" is not null
    and "place" <= 1
)
select "i"
from dedup_2
order by _order desc
