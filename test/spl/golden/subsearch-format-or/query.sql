with subsearch_2_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
subsearch_2_first as materialized (
  select *
  from subsearch_2_search_1
  order by _order desc
  limit 1
),
subsearch_2_values as (
  select "kind" as "term"
  from subsearch_2_first
),
subsearch_2_distinct as (
  select lower("term") as "term"
  from subsearch_2_values
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
append_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from (
    select
      *,
      coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as compared_1
    from "logs"
  ) as "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and (lower("logs".compared_1) in (select "term" from subsearch_2_plain) or exists (select 1 from subsearch_2_patterns where lower("logs".compared_1) like "pattern" escape '\' or spl_in_network("logs".compared_1, "term")))
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'b'
),
subsearch_1_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
subsearch_1_values as materialized (
  select user_1 as "term", "kind" as term_2
  from subsearch_1_search_1
),
subsearch_1_split as (
  select "term", null::varchar as term_2
  from subsearch_1_values
  union all
  select null::varchar as "term", term_2
  from subsearch_1_values
),
subsearch_1_distinct as (
  select lower("term") as "term", lower(term_2) as term_2
  from subsearch_1_split
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
      coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as compared_2
    from "logs"
  ) as "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and ((lower("logs".compared_1), lower("logs".compared_2)) in (select "term", term_2 from subsearch_1_plain) or exists (select 1 from subsearch_1_patterns where ("term" is null or lower("logs".compared_1) like "pattern" escape '\' or spl_in_network("logs".compared_1, "term")) and (term_2 is null or lower("logs".compared_2) like pattern_2 escape '\' or spl_in_network("logs".compared_2, term_2))))
),
append_3 as (
  select "id", 1 as _order, row_number() over (order by _order desc) as "_order_2"
  from search_1
  union all
  select "id", 2 as _order, row_number() over (order by _order desc) as "_order_2"
  from append_3_search_1
)
select "id"
from append_3
order by _order, "_order_2"
