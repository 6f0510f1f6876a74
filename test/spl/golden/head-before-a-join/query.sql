with join_4_search_1 as (
  select "source", "level", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("verb") = 'list'
),
join_4_places as (
  select
    *,
    row_number() over (partition by "source" order by _order desc) as "place"
  from join_4_search_1
),
join_4_first as (
  select *
  from join_4_places
  where "place" = 1
),
join_2_search_1 as (
  select "source", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("verb") = 'delete'
),
join_2_places as (
  select
    *,
    row_number() over (partition by "source" order by _order desc) as "place"
  from join_2_search_1
),
join_2_first as (
  select *
  from join_2_places
  where "place" = 1
),
search_1 as (
  select "auditID", "level", "source", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
join_2 as (
  select search_1."auditID", search_1."level", search_1."source", search_1._order
  from search_1
  left join join_2_first on search_1."source" = join_2_first."source"
),
tail_3 as materialized (
  select *
  from join_2
  order by _order
  limit 1
),
join_4_matches as (
  select
    tail_3."auditID",
    coalesce(join_4_first."level", tail_3."level") as "level",
    tail_3._order,
    join_4_first."place" as "matched"
  from tail_3
  left join join_4_first on tail_3."source" = join_4_first."source"
),
join_4 as (
  select *
  from join_4_matches
  where "matched" is not null
)
select "auditID", "level"
from join_4
order by _order
