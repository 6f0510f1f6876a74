with lookup_2_rows as (
  select
    "_row" as "row",
    "user" as "pattern",
    replace(replace(replace(replace("verb", '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as pattern_2,
    spl_longest_literal("verb") as "literal",
    "answer" as "value"
  from "lookup_grants"
  where "user" is not null
    and "verb" is not null
),
search_1 as materialized (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.action']), spl_pair_at(_raw, 'action'), spl_text_at("attributes", ['$.action']), spl_text_at("resource", ['$.action'])) as "action",
    coalesce(spl_text_at(_raw, ['$.answer']), spl_pair_at(_raw, 'answer'), spl_text_at("attributes", ['$.answer']), spl_text_at("resource", ['$.answer'])) as "answer",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
lookup_2_keys as (
  select user_1 as "key", "action" as key_2
  from search_1
  where user_1 is not null
    and "action" is not null
  group by user_1, "action"
),
lookup_2_keys_compared as (
  select "key", key_2, "key" as "compared", key_2 as compared_2
  from lookup_2_keys
),
lookup_2_matches as (
  select
    lookup_2_keys_compared."key",
    lookup_2_keys_compared.key_2,
    lookup_2_rows."row",
    lookup_2_rows."value"
  from lookup_2_keys_compared
  left join lookup_2_rows on lookup_2_keys_compared."compared" = lookup_2_rows."pattern" and contains(lookup_2_keys_compared.compared_2, lookup_2_rows."literal") and lookup_2_keys_compared.compared_2 like lookup_2_rows.pattern_2 escape '\'
),
lookup_2_found as (
  select
    "key",
    key_2,
    nullif(list_filter(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_2_matches
  group by "key", key_2
),
lookup_2 as (
  select
    search_1.user_1,
    search_1."action",
    case when lookup_2_found."key" is not null then lookup_2_found."value" else nullif([search_1."answer"], [null]::varchar[]) end as "answer",
    search_1._order
  from search_1
  left join lookup_2_found on lookup_2_found."key" = user_1 and lookup_2_found.key_2 = "action"
)
select user_1 as "user", "action", "answer"
from lookup_2
order by _order desc
