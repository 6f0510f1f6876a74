with search_1 as (
  select
    "verb",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
where_2 as (
  select *
  from search_1
  where list_bool_or(list_transform("sourceIPs{}", lambda member_: list_bool_or(list_transform("user.groups{}", lambda member_2: case when spl_number(member_) is not null and spl_number(member_2) is not null then spl_number(member_) = spl_number(member_2) else member_ = member_2 end))))
)
select "verb"
from where_2
order by _order desc
