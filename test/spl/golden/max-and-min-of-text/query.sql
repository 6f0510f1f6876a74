with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.nothing']), spl_pair_at(_raw, 'nothing'), spl_text_at("attributes", ['$.nothing']), spl_text_at("resource", ['$.nothing'])) as "nothing",
    coalesce(spl_list_at(_raw, ['$.m']), spl_list_at("attributes", ['$.m']), spl_list_at("resource", ['$.m'])) as "m{}",
    coalesce(spl_text_at(_raw, ['$.t']), spl_pair_at(_raw, 't'), spl_text_at("attributes", ['$.t']), spl_text_at("resource", ['$.t'])) as "t",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    coalesce('text', spl_number_text(2::double)) as "most",
    coalesce(spl_number_text(2::double), 'text') as "least",
    coalesce('20', spl_number_text(100::double)) as "digits",
    coalesce(case when spl_number("n") is null then "n" end, spl_number_text(greatest(spl_number("n")::double, 3::double))) as "field",
    coalesce(greatest(case when spl_number("t") is null then "t" end, case when spl_number("n") is null then "n" end), spl_number_text(greatest(spl_number("t")::double, spl_number("n")::double, 7::double))) as "mixed",
    coalesce(spl_number_text(least(spl_number("t")::double, spl_number("n")::double)), least(case when spl_number("t") is null then "t" end, case when spl_number("n") is null then "n" end)) as "low",
    coalesce(spl_number_text(spl_number("t")::double), least(case when spl_number("t") is null then "t" end, 'ABC')) as "texts",
    coalesce(list_aggregate(list_filter("m{}", lambda kept_: spl_number(kept_) is null), 'max'), spl_number_text(greatest(list_aggregate(list_transform("m{}", lambda member_: spl_number(member_)), 'max'), 3::double))) as "several",
    coalesce(spl_number_text(least(list_aggregate(list_transform("m{}", lambda member_: spl_number(member_)), 'min'), 30::double)), list_aggregate(list_filter("m{}", lambda kept_: spl_number(kept_) is null), 'min')) as "fewest",
    greatest(1::double, 2.5::double) as "numbers",
    coalesce(case when spl_number("nothing") is null then "nothing" end, spl_number_text(spl_number("nothing")::double)) as "none",
    _order
  from search_1
)
select
  "most",
  "least",
  "digits",
  "field",
  "mixed",
  "low",
  "texts",
  "several",
  "fewest",
  "numbers",
  "none"
from eval_2
order by _order desc
