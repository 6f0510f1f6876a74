with search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.one']), spl_pair_at(_raw, 'one'), spl_text_at("attributes", ['$.one']), spl_text_at("resource", ['$.one'])) as "one",
    coalesce(spl_text_at(_raw, ['$.s']), spl_pair_at(_raw, 's'), spl_text_at("attributes", ['$.s']), spl_text_at("resource", ['$.s'])) as "s",
    coalesce(spl_text_at(_raw, ['$.g']), spl_pair_at(_raw, 'g'), spl_text_at("attributes", ['$.g']), spl_text_at("resource", ['$.g'])) as "g",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    "g",
    (spl_number(last("n" order by _time, _order) filter (where "n" is not null))::double - spl_number(first("n" order by _time, _order) filter (where "n" is not null))::double) / nullif(round(max(_time) filter (where "n" is not null) - min(_time) filter (where "n" is not null), 6), 0) as "rate(n)",
    (spl_number(last("one" order by _time, _order) filter (where "one" is not null))::double - spl_number(first("one" order by _time, _order) filter (where "one" is not null))::double) / nullif(round(max(_time) filter (where "one" is not null) - min(_time) filter (where "one" is not null), 6), 0) as "rate(one)",
    (spl_number(last("s" order by _time, _order) filter (where "s" is not null))::double - spl_number(first("s" order by _time, _order) filter (where "s" is not null))::double) / nullif(round(max(_time) filter (where "s" is not null) - min(_time) filter (where "s" is not null), 6), 0) as "rate(s)"
  from search_1
  where "g" is not null
  group by "g"
)
select "g", "rate(n)", "rate(one)", "rate(s)"
from stats_2
order by "g"
