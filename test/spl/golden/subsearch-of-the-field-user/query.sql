with subsearch_3_makeresults_1 as (
  select "_row"
  from range(1) as made("_row")
),
subsearch_3_eval_2 as (
  select '*ro*' as user_1
  from subsearch_3_makeresults_1
),
subsearch_3_values as (
  select user_1 as "term"
  from subsearch_3_eval_2
),
subsearch_3_distinct as (
  select lower("term") as "term"
  from subsearch_3_values
  where "term" is not null
  group by lower("term")
),
subsearch_3_rows as materialized (
  select
    "term",
    "term" is not null and not (contains("term", '*') or regexp_matches("term", '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) as "plain"
  from subsearch_3_distinct
),
subsearch_3_others as (
  select *
  from subsearch_3_rows
  where not "plain"
),
subsearch_3_patterns as (
  select
    "term",
    replace(replace(replace(replace("term", '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern"
  from subsearch_3_others
),
subsearch_3_plain as (
  select *
  from subsearch_3_rows
  where "plain"
),
append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
append_4_stats_2 as (
  select
    nullif(list(user_1 order by _order desc) filter (where user_1 is not null)[1:100], []::varchar[]) as user_1
  from append_4_search_1
),
append_4_search_3 as (
  select *
  from append_4_stats_2
  where exists (select 1 from (select unnest(append_4_stats_2.user_1) as "item") where lower("item") in (select "term" from subsearch_3_plain)) or exists (select 1 from subsearch_3_patterns where exists (select 1 from (select unnest(append_4_stats_2.user_1) as item_2) where lower(item_2) like "pattern" escape '\' or spl_in_network(item_2, "term")))
),
append_4_eval_4 as (
  select user_1, len(user_1) as "id"
  from append_4_search_3
),
subsearch_2_makeresults_1 as (
  select "_row"
  from range(1) as made("_row")
),
subsearch_2_eval_2 as (
  select string_split('bob,x', ',') as user_1, 'B' as "id"
  from subsearch_2_makeresults_1
),
subsearch_2_values as (
  select user_1 as "term", "id" as term_2
  from subsearch_2_eval_2
),
subsearch_2_each_1 as (
  select term_2, unnest(coalesce("term", [null::varchar])) as "term"
  from subsearch_2_values
),
subsearch_2_distinct as (
  select lower("term") as "term", lower(term_2) as term_2
  from subsearch_2_each_1
  where "term" is not null or term_2 is not null
  group by lower("term"), lower(term_2)
),
subsearch_2_rows as materialized (
  select
    "term",
    term_2,
    "term" is not null and not (contains("term", '*') or regexp_matches("term", '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) and term_2 is not null and not (contains(term_2, '*') or regexp_matches(term_2, '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) as "plain"
  from subsearch_2_distinct
),
subsearch_2_others as (
  select *
  from subsearch_2_rows
  where not "plain"
),
subsearch_2_patterns as (
  select
    "term",
    replace(replace(replace(replace("term", '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern",
    term_2,
    replace(replace(replace(replace(term_2, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as pattern_2
  from subsearch_2_others
),
subsearch_2_plain as (
  select *
  from subsearch_2_rows
  where "plain"
),
subsearch_1_makeresults_1 as (
  select "_row"
  from range(1) as made("_row")
),
subsearch_1_eval_2 as (
  select 'A*' as user_1
  from subsearch_1_makeresults_1
),
subsearch_1_values as (
  select user_1 as "term"
  from subsearch_1_eval_2
),
subsearch_1_distinct as (
  select lower("term") as "term"
  from subsearch_1_values
  where "term" is not null
  group by lower("term")
),
subsearch_1_rows as materialized (
  select
    "term",
    "term" is not null and not (contains("term", '*') or regexp_matches("term", '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) as "plain"
  from subsearch_1_distinct
),
subsearch_1_others as (
  select *
  from subsearch_1_rows
  where not "plain"
),
subsearch_1_patterns as (
  select
    "term",
    replace(replace(replace(replace("term", '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern"
  from subsearch_1_others
),
subsearch_1_plain as (
  select *
  from subsearch_1_rows
  where "plain"
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
search_3 as (
  select *
  from search_1
  where lower(search_1.user_1) in (select "term" from subsearch_1_plain) or exists (select 1 from subsearch_1_patterns where lower(search_1.user_1) like "pattern" escape '\' or spl_in_network(search_1.user_1, "term")) or (lower(search_1.user_1), lower(search_1."id")) in (select "term", term_2 from subsearch_2_plain) or exists (select 1 from subsearch_2_patterns where ("term" is null or lower(search_1.user_1) like "pattern" escape '\' or spl_in_network(search_1.user_1, "term")) and (term_2 is null or lower(search_1."id") like pattern_2 escape '\' or spl_in_network(search_1."id", term_2)))
),
append_4 as (
  select user_1, "id", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from search_3
  union all
  select null::varchar as user_1, "id"::varchar as "id", 2 as _order, 1 as "_order_2"
  from append_4_eval_4
)
select user_1 as "user", "id"
from append_4
order by _order, "_order_2"
