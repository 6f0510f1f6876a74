with appendcols_4_search_1 as (
  select
    coalesce(spl_list_at(_raw, ['$.t']), spl_list_at("attributes", ['$.t']), spl_list_at("resource", ['$.t'])) as "t{}"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'a'
),
appendcols_4_stats_2 as (
  select
    count(*) as "n",
    nullif(list_sort(list_distinct(flatten(list("t{}") filter (where "t{}" is not null)))), []::varchar[]) as "count"
  from appendcols_4_search_1
),
appendcols_4_right as (
  select
    *,
    row_number() over () as "place"
  from appendcols_4_stats_2
),
appendcols_3_search_1 as (
  select
    coalesce(spl_list_at(_raw, ['$.t']), spl_list_at("attributes", ['$.t']), spl_list_at("resource", ['$.t'])) as "t{}",
    coalesce(spl_text_at(_raw, ['$.count']), spl_pair_at(_raw, 'count'), spl_text_at("attributes", ['$.count']), spl_text_at("resource", ['$.count'])) as "count",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
appendcols_3_right as (
  select
    *,
    row_number() over (order by _order desc) as "place"
  from appendcols_3_search_1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select "kind", count(*) as "count"
  from search_1
  where "kind" is not null
  group by "kind"
),
appendcols_3_left as (
  select
    *,
    row_number() over (order by "kind") as "place"
  from stats_2
),
appendcols_3_both as (
  select "place", "kind", "count", null::varchar[] as "t{}", null::varchar as count_2
  from appendcols_3_left
  union all
  select "place", null::varchar as "kind", null::bigint as "count", "t{}", "count" as count_2
  from appendcols_3_right
),
appendcols_3 as (
  select
    "place" as _order,
    any_value("kind") as "kind",
    coalesce(any_value(count_2), any_value("count")::varchar) as "count",
    any_value("t{}") as "t{}"
  from appendcols_3_both
  group by "place"
),
appendcols_4_left as (
  select
    *,
    row_number() over (order by _order) as "place"
  from appendcols_3
),
appendcols_4_both as (
  select "place", "kind", "count", "t{}", null::bigint as "n", null::varchar[] as count_2
  from appendcols_4_left
  union all
  select
    "place",
    null::varchar as "kind",
    null::varchar as "count",
    null::varchar[] as "t{}",
    "n",
    "count" as count_2
  from appendcols_4_right
),
appendcols_4 as (
  select
    "place" as _order,
    any_value("kind") as "kind",
    coalesce(nullif([any_value("count")], [null]::varchar[]), any_value(count_2)) as "count",
    any_value("t{}") as "t{}",
    any_value("n") as "n"
  from appendcols_4_both
  group by "place"
),
eval_5 as (
  select "kind", "count", "t{}", "n", "n"::double + 1 as "more", _order
  from appendcols_4
)
select "kind", "count", "t{}", "n", "more"
from eval_5
order by _order
