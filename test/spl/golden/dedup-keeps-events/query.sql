with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.i']), spl_pair_at(_raw, 'i'), spl_text_at("attributes", ['$.i']), spl_text_at("resource", ['$.i'])) as "i",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
dedup_2_places as (
  select
    *,
    row_number() over (partition by "k" order by _order desc) as "place"
  from search_1
),
dedup_2 as (
  select "i", case when "k" is null or "place" <= 1 then "k" end as "k", _order
  from dedup_2_places
)
select "i", "k"
from dedup_2
order by _order desc
