with subsearch_1_makeresults_1 as (
  select "_row"
  from range(1) as made("_row")
),
subsearch_1_eval_2 as (
  select string_split('ALICE,car*', ',') as user_1
  from subsearch_1_makeresults_1
),
subsearch_1_values as (
  select user_1 as "term"
  from subsearch_1_eval_2
),
subsearch_1_each_1 as (
  select unnest(coalesce("term", [null::varchar])) as "term"
  from subsearch_1_values
),
subsearch_1_distinct as (
  select lower("term") as "term"
  from subsearch_1_each_1
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
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from (
    select
      *,
      coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as compared_1
    from "logs"
  ) as "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and (lower("logs".compared_1) in (select "term" from subsearch_1_plain) or exists (select 1 from subsearch_1_patterns where lower("logs".compared_1) like "pattern" escape '\' or spl_in_network("logs".compared_1, "term")))
)
select "id"
from search_1
order by _order desc
