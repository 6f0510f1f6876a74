with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.m']), spl_pair_at(_raw, 'm'), spl_text_at("attributes", ['$.m']), spl_text_at("resource", ['$.m'])) as "m",
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "k", sum(spl_number("n")::double) as "total_n", sum(spl_number("m")::double) as "total_m"
  from search_1
  where "k" is not null
  group by "k"
),
foreach_3_eval_1 as (
  select
    "k",
    "total_n",
    "total_m",
    '' || 'n=' || coalesce(spl_number_text("total_n"), 'none') || ';' as "seen",
    "total_n" * 2 as "total_n_double"
  from stats_2
),
foreach_3_eval_2 as (
  select
    "k",
    "total_n",
    "total_m",
    coalesce("seen", '') || 'm=' || coalesce(spl_number_text("total_m"), 'none') || ';' as "seen",
    "total_n_double",
    "total_m" * 2 as "total_m_double"
  from foreach_3_eval_1
)
select "k", "seen", "total_n", "total_m", "total_n_double", "total_m_double"
from foreach_3_eval_2
order by "k"
