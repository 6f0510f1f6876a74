with inputlookup_5_rows as (
  select "name", "owner", "_row"
  from "lookup_owners"
),
lookup_2_rows as (
  select "_row" as "row", "name" as "pattern", "owner" as "value"
  from "lookup_owners"
  where "name" is not null
),
search_1 as materialized (
  select "verb", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "verb" as "key"
  from search_1
  where "verb" is not null
  group by "verb"
),
lookup_2_matches as (
  select lookup_2_keys."key", lookup_2_rows."row", lookup_2_rows."value"
  from lookup_2_keys
  left join lookup_2_rows on lookup_2_keys."key" = lookup_2_rows."pattern"
),
lookup_2_found as (
  select
    "key",
    nullif(list_filter(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_2_matches
  group by "key"
),
lookup_2 as (
  select search_1."verb", search_1._order, lookup_2_found."value" as "owner"
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "verb"
),
eval_3 as (
  select "verb", coalesce("owner"[1], '-') as "o", _order
  from lookup_2
),
inputlookup_5 as (
  select
    "verb",
    "o",
    null::varchar as "name",
    null::varchar as "owner",
    1 as _order,
    row_number() over (order by _order desc) as "_order_2"
  from eval_3
  union all
  select
    null::varchar as "verb",
    null::varchar as "o",
    "name",
    "owner",
    2 as _order,
    row_number() over (order by "_row") as "_order_2"
  from inputlookup_5_rows
)
select "verb", "o", "name", "owner"
from inputlookup_5
order by _order, "_order_2"
