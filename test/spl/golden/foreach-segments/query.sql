with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.m']), spl_pair_at(_raw, 'm'), spl_text_at("attributes", ['$.m']), spl_text_at("resource", ['$.m'])) as "m"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select sum(spl_number("n")::double) as "n_of_a", sum(spl_number("m")::double) as "m_of_a"
  from search_1
),
foreach_3_eval_1 as (
  select "n_of_a", "m_of_a", "n_of_a" as "a_n"
  from stats_2
),
foreach_3_eval_2 as (
  select "n_of_a", "m_of_a", "a_n", "m_of_a" as "a_m"
  from foreach_3_eval_1
)
select "a_n", "a_m"
from foreach_3_eval_2
