with lookup_2_rows as (
  select "_row" as "row", "name" as "pattern", "owner" as "value", "team" as value_2
  from "lookup_owners"
  where "name" is not null
),
search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.name']), spl_pair_at(_raw, 'name'), spl_text_at("attributes", ['$.name']), spl_text_at("resource", ['$.name'])) as "name",
    coalesce(spl_text_at(_raw, ['$.owner']), spl_pair_at(_raw, 'owner'), spl_text_at("attributes", ['$.owner']), spl_text_at("resource", ['$.owner'])) as "owner",
    coalesce(spl_text_at(_raw, ['$.group']), spl_pair_at(_raw, 'group'), spl_text_at("attributes", ['$.group']), spl_text_at("resource", ['$.group'])) as "group",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "name" as "key"
  from search_1
  where "name" is not null
  group by "name"
),
lookup_2_matches as (
  select lookup_2_keys."key", lookup_2_rows."row", lookup_2_rows."value", lookup_2_rows.value_2
  from lookup_2_keys
  left join lookup_2_rows on lookup_2_keys."key" = lookup_2_rows."pattern"
),
lookup_2_found as (
  select
    "key",
    nullif(list_filter(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as "value",
    nullif(list_filter(coalesce(list(value_2 order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as value_2
  from lookup_2_matches
  group by "key"
),
lookup_2 as (
  select
    search_1."name",
    coalesce(nullif([search_1."owner"], [null]::varchar[]), lookup_2_found."value") as "owner",
    coalesce(nullif([search_1."group"], [null]::varchar[]), lookup_2_found.value_2) as "group",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "name"
)
select "name", "owner", "group"
from lookup_2
order by _order desc
