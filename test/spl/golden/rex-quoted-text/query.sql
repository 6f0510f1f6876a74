with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.first']), spl_pair_at(_raw, 'first'), spl_text_at("attributes", ['$.first']), spl_text_at("resource", ['$.first'])) as "first",
    coalesce(spl_text_at(_raw, ['$.second']), spl_pair_at(_raw, 'second'), spl_text_at("attributes", ['$.second']), spl_text_at("resource", ['$.second'])) as "second",
    _raw,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
rex_2 as (
  select
    coalesce(case when regexp_matches(_raw, '\(a\)(b)(?:\p{L}+)') then regexp_extract(_raw, '\(a\)(b)(?:\p{L}+)', 1) end, "first") as "first",
    coalesce(case when regexp_matches(_raw, '\(a\)(?:b)(\p{L}+)') then regexp_extract(_raw, '\(a\)(?:b)(\p{L}+)', 1) end, "second") as "second",
    _order
  from search_1
)
select "first", "second"
from rex_2
order by _order desc
