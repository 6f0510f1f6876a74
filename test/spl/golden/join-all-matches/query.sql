with join_3_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.team']), spl_pair_at(_raw, 'team'), spl_text_at("attributes", ['$.team']), spl_text_at("resource", ['$.team'])) as "team",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'other'
),
join_3_places as (
  select
    *,
    row_number() over (partition by user_1 order by _order desc) as "place"
  from join_3_search_1
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower(coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind']))) = 'own'
),
join_3 as (
  select
    search_1."id",
    search_1.user_1,
    search_1._order,
    join_3_places."team",
    join_3_places."place" as "_order_2"
  from search_1
  left join join_3_places on search_1.user_1 = join_3_places.user_1
)
select "id", user_1 as "user", "team"
from join_3
order by _order desc, "_order_2"
