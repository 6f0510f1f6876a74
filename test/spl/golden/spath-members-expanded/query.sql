with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.name']), spl_pair_at(_raw, 'name'), spl_text_at("attributes", ['$.name']), spl_text_at("resource", ['$.name'])) as "name",
    coalesce(spl_text_at(_raw, ['$.item']), spl_pair_at(_raw, 'item'), spl_text_at("attributes", ['$.item']), spl_text_at("resource", ['$.item'])) as "item",
    coalesce(spl_text_at(_raw, ['$.doc']), spl_pair_at(_raw, 'doc'), spl_text_at("attributes", ['$.doc']), spl_text_at("resource", ['$.doc'])) as "doc"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
spath_2 as (
  select
    "name",
    coalesce(spl_json_list_at("doc", ['$.items']), nullif(["item"], [null]::varchar[])) as "item"
  from search_1
),
mvexpand_3 as (
  select "name", unnest(coalesce("item", [null]::varchar[])) as "item"
  from spath_2
),
spath_4 as (
  select coalesce(spl_json_at("item", ['$.name']), "name") as "name"
  from mvexpand_3
),
stats_5 as (
  select "name", count(*) as "count"
  from spath_4
  where "name" is not null
  group by "name"
)
select "name", "count"
from stats_5
order by "name"
