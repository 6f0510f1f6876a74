with subsearch_1_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_list_at(_raw, ['$.ip']), spl_list_at("attributes", ['$.ip']), spl_list_at("resource", ['$.ip'])) as "ip{}"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
subsearch_1_values as (
  select user_1 as "term", "ip{}" as term_2
  from subsearch_1_search_1
),
subsearch_1_each_2 as (
  select "term", unnest(coalesce(term_2, [null::varchar])) as term_2
  from subsearch_1_values
),
subsearch_1_distinct as (
  select lower("term") as "term", lower(term_2) as term_2
  from subsearch_1_each_2
  where "term" is not null or term_2 is not null
  group by lower("term"), lower(term_2)
),
subsearch_1_rows as materialized (
  select
    "term",
    term_2,
    "term" is not null and not (contains("term", '*') or regexp_matches("term", '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) and term_2 is not null and not (contains(term_2, '*') or regexp_matches(term_2, '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) as "plain"
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
    replace(replace(replace(replace("term", '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern",
    term_2,
    replace(replace(replace(replace(term_2, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as pattern_2
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
      coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as compared_1,
      coalesce(spl_list_at(_raw, ['$.ip']), spl_list_at("attributes", ['$.ip']), spl_list_at("resource", ['$.ip'])) as compared_2
    from "logs"
  ) as "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and (exists (select 1 from (select unnest("logs".compared_2) as "item") where (lower("logs".compared_1), lower("item")) in (select "term", term_2 from subsearch_1_plain)) or exists (select 1 from subsearch_1_patterns where ("term" is null or lower("logs".compared_1) like "pattern" escape '\' or spl_in_network("logs".compared_1, "term")) and (term_2 is null or exists (select 1 from (select unnest("logs".compared_2) as item_2) where lower(item_2) like pattern_2 escape '\' or spl_in_network(item_2, term_2)))))
)
select "id"
from search_1
order by _order desc
