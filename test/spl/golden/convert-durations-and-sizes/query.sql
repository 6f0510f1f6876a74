with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.u']), spl_pair_at(_raw, 'u'), spl_text_at("attributes", ['$.u']), spl_text_at("resource", ['$.u'])) as "u",
    coalesce(spl_text_at(_raw, ['$.s']), spl_pair_at(_raw, 's'), spl_text_at("attributes", ['$.s']), spl_text_at("resource", ['$.s'])) as "s",
    coalesce(spl_text_at(_raw, ['$.m']), spl_pair_at(_raw, 'm'), spl_text_at("attributes", ['$.m']), spl_text_at("resource", ['$.m'])) as "m",
    coalesce(spl_text_at(_raw, ['$.d']), spl_pair_at(_raw, 'd'), spl_text_at("attributes", ['$.d']), spl_text_at("resource", ['$.d'])) as "d",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
convert_2 as (
  select
    coalesce(case when regexp_matches("u", '^([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+))') then regexp_extract("u", '^([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+))', 1) end, "u") as "u",
    coalesce(spl_number_text(spl_number(case when regexp_matches("s", '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$') then regexp_extract("s", '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$', 1) end) * case when lower(case when regexp_matches("s", '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$') then regexp_extract("s", '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$', 2) end) = 'm' then 1024 when lower(case when regexp_matches("s", '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$') then regexp_extract("s", '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$', 2) end) = 'g' then 1048576 else 1 end), "s") as "s",
    coalesce(spl_number_text(case when regexp_matches("m", '^(?:([0-9]{1,9}):)?([0-9]{1,9}(?:[.][0-9]+)?)$') then coalesce(spl_number(regexp_extract("m", '^(?:([0-9]{1,9}):)?([0-9]{1,9}(?:[.][0-9]+)?)$', 1)), 0) * 60 + coalesce(spl_number(regexp_extract("m", '^(?:([0-9]{1,9}):)?([0-9]{1,9}(?:[.][0-9]+)?)$', 2)), 0) * 1 end), "m") as "m",
    coalesce(spl_number_text(case when regexp_matches("d", '^(?:([0-9]{1,9})[+])?([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})$') then coalesce(spl_number(regexp_extract("d", '^(?:([0-9]{1,9})[+])?([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})$', 1)), 0) * 86400 + coalesce(spl_number(regexp_extract("d", '^(?:([0-9]{1,9})[+])?([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})$', 2)), 0) * 3600 + coalesce(spl_number(regexp_extract("d", '^(?:([0-9]{1,9})[+])?([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})$', 3)), 0) * 60 + coalesce(spl_number(regexp_extract("d", '^(?:([0-9]{1,9})[+])?([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})$', 4)), 0) * 1 end), "d") as "d",
    _order
  from search_1
)
select "d", "m", "s", "u"
from convert_2
order by _order desc
