with lookup_2_rows as (
  select "_row" as "row", "range" as "pattern", "zone" as "value"
  from "lookup_networks"
  where "range" is not null
),
search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.ip']), spl_pair_at(_raw, 'ip'), spl_text_at("attributes", ['$.ip']), spl_text_at("resource", ['$.ip'])) as "ip",
    coalesce(spl_text_at(_raw, ['$.zone']), spl_pair_at(_raw, 'zone'), spl_text_at("attributes", ['$.zone']), spl_text_at("resource", ['$.zone'])) as "zone",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "ip" as "key"
  from search_1
  where "ip" is not null
  group by "ip"
),
lookup_2_matches as (
  select lookup_2_keys."key", lookup_2_rows."row", lookup_2_rows."value"
  from lookup_2_keys
  left join lookup_2_rows on lookup_2_keys."key" = lookup_2_rows."pattern" or spl_in_network(lookup_2_keys."key", lookup_2_rows."pattern")
),
lookup_2_found as (
  select
    "key",
    nullif(list_filter(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_2_matches
  group by "key"
),
lookup_2 as (
  select
    search_1."ip",
    case when lookup_2_found."key" is not null then lookup_2_found."value" else nullif([search_1."zone"], [null]::varchar[]) end as "zone",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "ip"
)
select "ip", "zone"
from lookup_2
order by _order desc
