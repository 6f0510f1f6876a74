with subsearch_2_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
subsearch_2_stats_2 as (
  select list(distinct "kind" order by "kind") filter (where "kind" is not null) as "kind"
  from subsearch_2_search_1
),
subsearch_2_values as (
  select "kind" as "term"
  from subsearch_2_stats_2
),
subsearch_2_each_1 as (
  select unnest(coalesce("term", [null::varchar])) as "term"
  from subsearch_2_values
),
subsearch_2_distinct as (
  select lower("term") as "term"
  from subsearch_2_each_1
  where "term" is not null
  group by lower("term")
),
subsearch_2_rows as materialized (
  select
    "term",
    "term" is not null and not (contains("term", '*') or regexp_matches("term", '^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]*:[0-9a-f:.]*/[0-9]{1,3})$')) as "plain"
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
    replace(replace(replace(replace("term", '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern"
  from subsearch_2_others
),
subsearch_2_plain as (
  select *
  from subsearch_2_rows
  where "plain"
),
subsearch_1_search_1 as (
  select _time
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and (lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'b' or lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'c' or lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'd' or lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'e')
),
subsearch_1_stats_2 as (
  select count(*) as "count"
  from subsearch_1_search_1
),
subsearch_1_values as (
  select "count"::varchar as "term"
  from subsearch_1_stats_2
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
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    "kind",
    count(*) as "count",
    list(distinct "id" order by "id") filter (where "id" is not null) as "ids"
  from search_1
  where "kind" is not null
  group by "kind"
),
search_3 as (
  select *
  from stats_2
  where lower(stats_2."count"::varchar) in (select "term" from subsearch_1_plain) or exists (select 1 from subsearch_1_patterns where lower(stats_2."count"::varchar) like "pattern" escape '\' or spl_in_network(stats_2."count"::varchar, "term")) or lower(stats_2."kind") in (select "term" from subsearch_2_plain) or exists (select 1 from subsearch_2_patterns where lower(stats_2."kind") like "pattern" escape '\' or spl_in_network(stats_2."kind", "term"))
)
select "kind", "count", "ids"
from search_3
order by "kind"
