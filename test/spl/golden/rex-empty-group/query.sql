with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.agent']), spl_pair_at(_raw, 'agent'), spl_text_at("attributes", ['$.agent']), spl_text_at("resource", ['$.agent'])) as "agent",
    coalesce(spl_text_at(_raw, ['$.referer']), spl_pair_at(_raw, 'referer'), spl_text_at("attributes", ['$.referer']), spl_text_at("resource", ['$.referer'])) as "referer",
    _raw,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
rex_2 as (
  select
    coalesce(case when regexp_matches(_raw, 'agent="([^"]*)"(?: referer="(?:[^"]*)")?') then regexp_extract(_raw, 'agent="([^"]*)"(?: referer="(?:[^"]*)")?', 1) end, "agent") as "agent",
    coalesce(nullif(regexp_extract(_raw, 'agent="(?:[^"]*)"(?: referer="([^"]*)")?', 1), ''), "referer") as "referer",
    _order
  from search_1
)
select "agent", "referer"
from rex_2
order by _order desc
