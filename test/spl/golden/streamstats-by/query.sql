with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
streamstats_2 as (
  select
    "id",
    "kind",
    case when "kind" is not null then count(*) over (partition by "kind" order by _order desc rows between unbounded preceding and 1 preceding) end as "count",
    case when "kind" is not null then last("id" order by _order desc ignore nulls) over (partition by "kind" order by _order desc rows between unbounded preceding and 1 preceding) end as "before",
    case when "kind" is not null then count("n") over (partition by "kind" order by _order desc rows between unbounded preceding and 1 preceding) end as "numbers",
    case when "kind" is not null then count(*) filter (where case when spl_number("n") is not null then spl_number("n") > 5 else "n" > '5' end) over (partition by "kind" order by _order desc rows between unbounded preceding and 1 preceding) end as "large",
    _order
  from search_1
)
select "id", "kind", "count", "before", "numbers", "large"
from streamstats_2
order by _order desc
