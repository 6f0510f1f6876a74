with lookup_3_rows as (
  select "_row" as "row", "n" as "pattern", "word" as "value", "kind" as value_2
  from "lookup_sizes"
  where "n" is not null
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as materialized (
  select "kind", count(*) as "count"
  from search_1
  where "kind" is not null
  group by "kind"
),
lookup_3_keys as (
  select "count"::varchar as "key"
  from stats_2
  where "count"::varchar is not null
  group by "count"::varchar
),
lookup_3_matches as (
  select lookup_3_keys."key", lookup_3_rows."row", lookup_3_rows."value", lookup_3_rows.value_2
  from lookup_3_keys
  left join lookup_3_rows on lookup_3_keys."key" = lookup_3_rows."pattern"
),
lookup_3_found as (
  select
    "key",
    nullif(list_filter(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as "value",
    nullif(list_filter(coalesce(list(value_2 order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as value_2
  from lookup_3_matches
  group by "key"
),
lookup_3 as (
  select
    stats_2."kind",
    stats_2."count",
    lookup_3_found."value" as "word",
    case when lookup_3_found."key" is not null then lookup_3_found.value_2 else nullif([stats_2."kind"], [null]::varchar[]) end as kind_2
  from stats_2
  left join lookup_3_found on lookup_3_found."key" = "count"::varchar
)
select kind_2 as "kind", "count", "word"
from lookup_3
order by lookup_3."kind"
