with join_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id']))) = 'none'
),
join_3_stats_2 as (
  select "id", count(*) as "n"
  from join_3_search_1
  where "id" is not null
  group by "id"
),
join_3_places as (
  select
    *,
    row_number() over (partition by "id" order by "id") as "place"
  from join_3_stats_2
),
join_3_first as (
  select *
  from join_3_places
  where "place" = 1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_3 as (
  select search_1."id", search_1._order, join_3_first."n"
  from search_1
  left join join_3_first on search_1."id" = join_3_first."id"
),
fillnull_4 as (
  select
    case when count("id") over () > 0 then coalesce("id", '0') end as "id",
    case when count("n") over () > 0 then coalesce("n", 0) end as "n",
    _order
  from join_3
)
select "id", "n"
from fillnull_4
order by _order desc
