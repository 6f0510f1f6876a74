with search_1 as (
  select
    coalesce(spl_list_at(_raw, ['$.m']), spl_list_at("attributes", ['$.m']), spl_list_at("resource", ['$.m'])) as "m{}",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.none']), spl_pair_at(_raw, 'none'), spl_text_at("attributes", ['$.none']), spl_text_at("resource", ['$.none'])) as "none"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    spl_mode(flatten(list("m{}") filter (where "m{}" is not null))) as "of_lists",
    spl_mode(list("n") filter (where "n" is not null)) as "tied",
    spl_mode(list("none") filter (where "none" is not null)) as "none",
    quantile_disc(spl_number("n")::double, 0.5) as "half",
    spl_number(spl_mode(list(spl_number_text(1::double + 1)) filter (where spl_number_text(1::double + 1) is not null))) as "made"
  from search_1
)
select "of_lists", "tied", "none", "half", "made"
from stats_2
