with search_1 as (
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    nullif(list_filter(list_transform("sourceIPs{}", lambda member_: case when list_bool_or(list_transform("user.groups{}", lambda member_2: case when spl_number(member_) is not null and spl_number(member_2) is not null then spl_number(member_) = spl_number(member_2) else member_ = member_2 end)) then 'yes' else 'no' end), lambda kept_: kept_ is not null), []::varchar[]) as "x",
    _order
  from search_1
)
select "x"
from eval_2
order by _order desc
