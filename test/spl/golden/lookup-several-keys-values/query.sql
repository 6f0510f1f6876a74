with lookup_2_rows as (
  select "_row" as "row", "name" as "pattern", "owner" as "value"
  from "lookup_owners"
  where "name" is not null
),
search_1 as materialized (
  select
    coalesce(spl_list_at(_raw, ['$.names']), spl_list_at("attributes", ['$.names']), spl_list_at("resource", ['$.names'])) as "names{}",
    coalesce(spl_text_at(_raw, ['$.owner']), spl_pair_at(_raw, 'owner'), spl_text_at("attributes", ['$.owner']), spl_text_at("resource", ['$.owner'])) as "owner",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "names{}" as "key"
  from search_1
  where "names{}" is not null
  group by "names{}"
),
lookup_2_members as (
  select "key", unnest("key") as "member", generate_subscripts("key", 1) as "position"
  from lookup_2_keys
),
lookup_2_matches as (
  select
    lookup_2_members."key",
    lookup_2_members."position",
    lookup_2_rows."row",
    lookup_2_rows."value"
  from lookup_2_members
  left join lookup_2_rows on lookup_2_members."member" = lookup_2_rows."pattern"
),
lookup_2_each as (
  select
    "key",
    "position",
    nullif(list_filter(list_concat(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], ['?'][1:greatest(1 - len(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000]), 0)]), lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_2_matches
  group by "key", "position"
),
lookup_2_found as (
  select
    "key",
    flatten(list("value" order by "position") filter (where "value" is not null)) as "value"
  from lookup_2_each
  group by "key"
),
lookup_2 as (
  select
    search_1."names{}",
    case when lookup_2_found."key" is not null then lookup_2_found."value" else nullif([search_1."owner"], [null]::varchar[]) end as "owner",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "names{}"
)
select "names{}", "owner"
from lookup_2
order by _order desc
