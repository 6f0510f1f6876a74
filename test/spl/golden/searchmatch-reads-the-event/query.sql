with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.gone']), spl_pair_at(_raw, 'gone'), spl_text_at("attributes", ['$.gone']), spl_text_at("resource", ['$.gone'])) as "gone",
    _raw,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    "n",
    case when coalesce(case when spl_number("n") is not null then spl_number("n") < 5 else lower("n") < '5' end and contains(lower(_raw), 'b') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)b(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])'), false) then 'yes' else 'no' end as "hit",
    case when not coalesce("gone" is not null, false) then 1 else 0 end as "back",
    _order
  from search_1
)
select "n", "hit", "back"
from eval_2
order by _order desc
