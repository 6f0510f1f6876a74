with lookup_2_rows as (
  select "_row" as "row", "key" as "pattern", "avg.x" as "value"
  from "lookup_base"
  where "key" is not null
),
search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k'])) as "k",
    coalesce(spl_text_at(_raw, ['$.a']), spl_pair_at(_raw, 'a'), spl_text_at("attributes", ['$.a']), spl_text_at("resource", ['$.a'])) as "a",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select "k" as "key"
  from search_1
  where "k" is not null
  group by "k"
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
  select
    search_1."k",
    case when lookup_2_found."key" is not null then lookup_2_found."value" else nullif([search_1."a"], [null]::varchar[]) end as "a",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = "k"
),
where_3 as (
  select *
  from lookup_2
  where "a" is null
)
select "k", "a"
from where_3
order by _order desc
