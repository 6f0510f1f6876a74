with subsearch_1_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k']))) = 'b'
),
subsearch_1_values as (
  select user_1 as "term"
  from subsearch_1_search_1
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
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.k']), spl_pair_at(_raw, 'k'), spl_text_at("attributes", ['$.k']), spl_text_at("resource", ['$.k']))) = 'a'
),
search_3 as (
  select *
  from search_1
  where lower(search_1.user_1) in (select "term" from subsearch_1_plain) or exists (select 1 from subsearch_1_patterns where lower(search_1.user_1) like "pattern" escape '\' or spl_in_network(search_1.user_1, "term"))
)
select user_1 as "user"
from search_3
order by _order desc
