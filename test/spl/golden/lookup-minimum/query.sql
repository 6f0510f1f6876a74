with lookup_2_rows as (
  select "_row" as "row", "service" as "pattern", "port" as "value"
  from "lookup_ports"
  where "service" is not null
),
search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.service']), spl_pair_at(_raw, 'service'), spl_text_at("attributes", ['$.service']), spl_text_at("resource", ['$.service'])) as "service",
    coalesce(spl_text_at(_raw, ['$.port']), spl_pair_at(_raw, 'port'), spl_text_at("attributes", ['$.port']), spl_text_at("resource", ['$.port'])) as "port",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "service" as "key"
  from search_1
  where "service" is not null
  group by "service"
),
lookup_2_matches as (
  select lookup_2_keys."key", lookup_2_rows."row", lookup_2_rows."value"
  from lookup_2_keys
  left join lookup_2_rows on lookup_2_keys."key" = lookup_2_rows."pattern"
),
lookup_2_found as (
  select
    "key",
    nullif(list_filter(list_concat(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], ['none', 'none'][1:greatest(2 - len(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000]), 0)]), lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_2_matches
  group by "key"
),
lookup_2 as (
  select
    search_1."service",
    case when lookup_2_found."key" is not null then lookup_2_found."value" else nullif([search_1."port"], [null]::varchar[]) end as "port",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "service"
)
select "service", "port"
from lookup_2
order by _order desc
