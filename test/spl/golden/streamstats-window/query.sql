with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_list_at(_raw, ['$.tags']), spl_list_at("attributes", ['$.tags']), spl_list_at("resource", ['$.tags'])) as "tags{}",
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
    list(distinct "id" order by "id") filter (where "id" is not null) over (order by _order desc rows between 1 preceding and current row) as "two",
    nullif(flatten(list("tags{}" order by _order desc) filter (where "tags{}" is not null) over (order by _order desc rows between 1 preceding and current row))[1:100], []::varchar[]) as "tags",
    sum(spl_number("n")::double) over (order by _order desc rows between 1 preceding and current row) as "total",
    _order
  from search_1
),
streamstats_3 as (
  select
    "id",
    "kind",
    "two",
    "tags",
    "total",
    last("id" order by _order desc ignore nulls) over (order by _order desc rows between 1 preceding and 1 preceding) as "before",
    _order
  from streamstats_2
),
streamstats_4 as (
  select
    "id",
    "two",
    "tags",
    "total",
    "before",
    case when "kind" is not null then nullif(list("id" order by _order desc) filter (where "id" is not null) over (partition by "kind" order by _order desc rows between 1 preceding and current row)[1:100], []::varchar[]) end as "same",
    _order
  from streamstats_3
)
select "id", "two", "tags", "total", "before", "same"
from streamstats_4
order by _order desc
