with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
streamstats_2 as (
  select
    "id",
    count(*) over (order by _order desc rows between unbounded preceding and current row) as "count",
    sum(spl_number("n")::double) over (order by _order desc rows between unbounded preceding and current row) as "total",
    avg(spl_number("n")::double) over (order by _order desc rows between unbounded preceding and current row) as "mean",
    coalesce(arg_min("n", spl_number("n")) over (order by _order desc rows between unbounded preceding and current row), min("n") filter (where spl_number("n") is null) over (order by _order desc rows between unbounded preceding and current row)) as "low",
    coalesce(max("n") filter (where spl_number("n") is null) over (order by _order desc rows between unbounded preceding and current row), arg_max("n", spl_number("n")) over (order by _order desc rows between unbounded preceding and current row)) as "high",
    count(distinct "kind") over (order by _order desc rows between unbounded preceding and current row) as "kinds",
    first("id" order by _order desc ignore nulls) over (order by _order desc rows between unbounded preceding and current row) as "first",
    last("kind" order by _order desc ignore nulls) over (order by _order desc rows between unbounded preceding and current row) as "kind_now",
    first("id" order by _time, _order ignore nulls) over (order by _order desc rows between unbounded preceding and current row) as "oldest",
    last("id" order by _time, _order ignore nulls) over (order by _order desc rows between unbounded preceding and current row) as "newest",
    _order
  from search_1
)
select
  "id",
  "count",
  "total",
  "mean",
  "low",
  "high",
  "kinds",
  "first",
  "kind_now",
  "oldest",
  "newest"
from streamstats_2
order by _order desc
