with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.doc']), spl_pair_at(_raw, 'doc'), spl_text_at("attributes", ['$.doc']), spl_text_at("resource", ['$.doc'])) as "doc",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
spath_3 as (
  select spl_text_at("doc", ['$.b']) as "b", spl_text_at("doc", ['$."a.b"', '$.a.b']) as "a.b", _order
  from search_1
),
rename_4_step_1 as (
  select case when count("a.b") over () > 0 then "a.b" else "b" end as "b", _order
  from spath_3
)
select "b"
from rename_4_step_1
order by _order desc
