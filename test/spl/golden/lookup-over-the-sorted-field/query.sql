with lookup_3_rows as (
  select "_row" as "row", "word" as "pattern", "other" as "value"
  from "lookup_words"
  where "word" is not null
),
search_1 as (
  select "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as materialized (
  select "verb", count(*) as "count"
  from search_1
  where "verb" is not null
  group by "verb"
),
lookup_3_keys as (
  select "verb" as "key"
  from stats_2
  where "verb" is not null
  group by "verb"
),
lookup_3_matches as (
  select lookup_3_keys."key", lookup_3_rows."row", lookup_3_rows."value"
  from lookup_3_keys
  left join lookup_3_rows on lookup_3_keys."key" = lookup_3_rows."pattern"
),
lookup_3_found as (
  select
    "key",
    nullif(list_filter(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1], lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_3_matches
  group by "key"
),
lookup_3 as (
  select
    stats_2."verb",
    stats_2."count",
    case when lookup_3_found."key" is not null then lookup_3_found."value"[1] else stats_2."verb" end as verb_2
  from stats_2
  left join lookup_3_found on lookup_3_found."key" = "verb"
)
select verb_2 as "verb", "count"
from lookup_3
order by lookup_3."verb"
