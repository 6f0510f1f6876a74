with lookup_2_rows as (
  select
    "_row" as "row",
    replace(replace(replace(replace(lower("pattern"), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern",
    spl_longest_literal(lower("pattern")) as "literal",
    "found" as "value"
  from "lookup_paths"
  where "pattern" is not null
),
search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.request']), spl_pair_at(_raw, 'request'), spl_text_at("attributes", ['$.request']), spl_text_at("resource", ['$.request'])) as "request",
    coalesce(spl_text_at(_raw, ['$.found']), spl_pair_at(_raw, 'found'), spl_text_at("attributes", ['$.found']), spl_text_at("resource", ['$.found'])) as "found",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "request" as "key"
  from search_1
  where "request" is not null
  group by "request"
),
lookup_2_keys_compared as (
  select "key", lower("key") as "compared"
  from lookup_2_keys
),
lookup_2_matches as (
  select lookup_2_keys_compared."key", lookup_2_rows."row", lookup_2_rows."value"
  from lookup_2_keys_compared
  left join lookup_2_rows on contains(lookup_2_keys_compared."compared", lookup_2_rows."literal") and lookup_2_keys_compared."compared" like lookup_2_rows."pattern" escape '\'
),
lookup_2_found as (
  select
    "key",
    nullif(list_filter(list_concat(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], ['false'][1:greatest(1 - len(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000]), 0)]), lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_2_matches
  group by "key"
),
lookup_2 as (
  select
    search_1."request",
    case when lookup_2_found."key" is not null then lookup_2_found."value" else nullif([search_1."found"], [null]::varchar[]) end as "found",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "request"
)
select "request", "found"
from lookup_2
order by _order desc
